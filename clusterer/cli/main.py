"""The way in. It imports nothing before Ctrl-C is taken care of."""

from __future__ import annotations

import os

from clusterer.cli.exit_codes import INTERRUPTED

TYPE_CHECKING = False  # typing's own costs the start more than all of this module
if TYPE_CHECKING:
    from typing import NoReturn


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    0 done, 1 failed, 2 wrong usage, 70 an error that nobody foresaw, 130 interrupted, 141 nobody
    reads what is printed.

    Parameters
    ----------
    args
        Without the program's name. None = those of the process, which is then the command's own:
        its signals, standard streams and warnings are set up for it.
    """
    try:
        if args is None:
            from clusterer.cli import signals  # noqa: PLC0415 (inside the try)

            signals.leave_at_once()
        from clusterer.cli.process import exit_code  # noqa: PLC0415 (likewise)

        code = exit_code(args)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if args is None and code == INTERRUPTED:
        os._exit(code)  # all is put away, and a second Ctrl-C would find Python at its own end
    raise SystemExit(code)
