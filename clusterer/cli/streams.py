"""Standard input, output and error, whether closed, full, unread or of a narrow encoding."""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

ESCAPED = "clusterer.escaped"
"""Name of the error handler that escapes characters which an encoding lacks."""
_BYTES = re.compile("[\udc80-\udcff]")
"""Python's escapes for bytes of a file name that are not UTF-8 (PEP 383)."""


def prepare() -> None:
    r"""Set up the streams of this process so that printing fails only if writing fails.

    Closed streams are opened on the null device; otherwise the next file to be opened would get
    their number, and receive the output of libraries. Characters that the encoding lacks are
    escaped as in JSON, ``\u00e9``, so that JSON stays valid. Errors on stderr are ignored.
    """
    codecs.register_error(ESCAPED, escaped)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # in this order, so that each gets its own number
            nothing = io.open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, UP020 (stays open)
            setattr(sys, name, nothing)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, ESCAPED), (sys.stderr, ESCAPED)):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _CHOSEN_BY_PYTHON:
            stream.reconfigure(errors=errors)
    sys.stdout = cast(TextIO, _Watched(sys.stdout, fails=True, plain=True))
    sys.stderr = cast(TextIO, _Watched(sys.stderr, fails=False))


_CHOSEN_BY_PYTHON = {"strict", "surrogateescape"}
"""Any other error handler comes from PYTHONIOENCODING, and is kept."""


_CONTROL = dict.fromkeys(
    [c for c in (*range(32), *range(127, 160)) if chr(c) not in "\n\r\t"],
    "\N{REPLACEMENT CHARACTER}",
)


def escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    """Escape characters that cannot be encoded as JSON does; for `codecs.register_error`.

    Bytes of a file name that are not UTF-8 become U+FFFD, as in all our files.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = _BYTES.sub("\N{REPLACEMENT CHARACTER}", error.object[error.start : error.end])
    if error.encoding == "utf-8":
        with suppress(UnicodeEncodeError):
            return text.encode(), error.end
    units = text.encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs), error.end


def trouble() -> OSError | None:
    """The error of the last failed write to standard output, if any."""
    return sys.stdout.error if isinstance(sys.stdout, _Watched) else None


def is_unread(error: OSError) -> bool:
    """Whether the other end of a pipe was closed, which Windows reports in its own way."""
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def mute() -> None:
    """Discard buffered output, so that Python does not report an error on exit."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
        if isinstance(stream, _Watched) and stream.error is not None:
            with suppress(OSError, ValueError):
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, stream.fileno())
                os.close(nothing)


class _Watched:
    """A stream that stores its last error, and may ignore it.

    With `plain`, it removes control characters, which file names may contain, and hides its byte
    buffer, to which click would write UTF-8 in any encoding.
    """

    def __init__(self, stream: TextIO, fails: bool, plain: bool = False) -> None:
        self.stream = stream
        self.error: OSError | None = None
        self._fails = fails
        self._plain = plain

    def write(self, text: str | bytes) -> int:
        if isinstance(text, bytes):
            if not text:  # click asks in this way whether a stream takes bytes
                raise TypeError("a stream of text")
            text = text.decode()  # click's shell completion
        with self._watching():
            self.stream.write(text.translate(_CONTROL) if self._plain else text)
        return len(text)

    def flush(self) -> None:
        with self._watching():
            self.stream.flush()

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = error
            if self._fails:
                raise

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.stream, name)
