"""The entry point. It handles Ctrl-C before it imports anything."""

from __future__ import annotations

import os
import sys

from clusterer.cli.exit_codes import INTERRUPTED

TYPE_CHECKING = False  # importing it from typing takes longer than the rest of this module
if TYPE_CHECKING:
    from typing import NoReturn


def _ended(failure: object) -> None:
    """End where Python ignores a Ctrl-C: in a callback of its import system."""
    if isinstance(getattr(failure, "exc_value", None), KeyboardInterrupt):
        os._exit(INTERRUPTED)


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 70 an unexpected error, 130 interrupted, 141 the
    output was closed.

    Parameters
    ----------
    args
        Arguments without the program's name. None = those of the process, whose signals, standard
        streams and warnings are then set up for the command.
    """
    try:
        if args is None:
            sys.unraisablehook = _ended
            from clusterer.cli import signals  # inside the try

            signals.leave_at_once()
        from clusterer.cli.process import exit_code  # likewise

        code = exit_code(args)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if args is None and code == INTERRUPTED:
        os._exit(
            code
        )  # all is saved, and a second Ctrl-C would interrupt the interpreter's shutdown
    raise SystemExit(code)
