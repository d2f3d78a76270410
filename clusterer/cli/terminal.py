"""What is printed reaches every terminal, whatever its encoding."""

from __future__ import annotations

import codecs
import sys

_HANDLER = "cluster-video"


def bear_any_name() -> None:
    """Print a sign for what the terminal, or the file behind it, cannot show.

    That is U+FFFD where it can be shown, else ``?``: half a character, as in the names of files
    that are not UTF-8, or a letter that the encoding of the terminal lacks.
    """
    codecs.register_error(_HANDLER, _sign)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_HANDLER)


def _sign(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = "\N{REPLACEMENT CHARACTER}"
    try:
        sign.encode(error.encoding)
    except UnicodeEncodeError:
        sign = "?"
    return sign * (error.end - error.start), error.end
