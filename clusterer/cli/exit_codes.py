"""Exit codes besides 0 (done), 1 (failed) and 2 (wrong usage)."""

CRASHED = 70
"""An unexpected error: EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""Ctrl-C: 128 + SIGINT, as shells report it."""
UNREAD = 141
"""The output was closed: 128 + SIGPIPE, as shells report programs that a closed pipe ends."""
