"""What strace says that a program asked of the system: whom it called, and what it wrote."""

from __future__ import annotations

import codecs
import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALLS = ("connect", "sendto", "sendmsg", "sendmmsg", "bind")
"""Those with an address."""
UNSEEN = ("io_uring_setup",)
"""What goes through there, strace does not see."""
OPENS = ("open", "openat", "openat2")
CHANGES = (
    "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "rmdir",
    "unlink", "unlinkat", "link", "linkat", "symlink", "symlinkat", "truncate", "ftruncate",
    "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "utime", "utimes",
    "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr",
)  # fmt: skip
MOVES = ("chdir", "fchdir")
TRACED = ",".join(f"?{name}" for name in ("socket", *CALLS, *UNSEEN, *OPENS, *CHANGES, *MOVES))
"""A question mark passes by what a processor does not have."""
HOW = ("-f", "-qq", "-y", "-s", "4096", "-e", f"trace={TRACED}")
FAST = ("--seccomp-bpf",)
"""Only what is traced halts the program; not every kernel can."""
DNS = 53

_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (.*)")
_WRITES = re.compile(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b")
_RAW = re.compile(r"AF_PACKET|AF_INET6?, SOCK_RAW")
_ADDRESS = re.compile(r"\{sa_family=(AF_\w+)((?:\"(?:[^\"\\]|\\.)*\"|[^}\"])*)")
_PLACES = re.compile(
    r'"(?P<path>(?:[^"\\]|\\.)*)"'
    r"|(?:AT_FDCWD|\d+)<(?P<folder>(?:[^>\\]|\\.)*)>"
    r"|(?P<here>AT_FDCWD)"
)


@dataclass(frozen=True)
class Call:
    """One call of the system: its arguments and what came of it, as strace writes them."""

    name: str
    arguments: str
    outcome: str

    @property
    def failed(self) -> bool:
        return self.outcome.startswith("-1")


def command(output: Path) -> list[str]:
    """What to put before a command, so that it and all that it starts are traced."""
    fast = () if _complaint(FAST) else FAST
    return ["strace", *fast, *HOW, "-o", str(output)]


@cache
def missing() -> str | None:
    """Why nothing can be traced here, if that is so."""
    if shutil.which("strace") is None:
        return "no strace on this system"
    complaint = _complaint(())
    return f"strace may not trace here: {complaint}" if complaint else None


@cache
def _complaint(options: tuple[str, ...]) -> str:
    """What strace says to a first try; empty if it works."""
    tried = subprocess.run(
        ["strace", *options, *HOW, "-o", os.devnull, "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return (tried.stderr.strip() or "without a word") if tried.returncode else ""


def calls(text: str) -> Iterator[Call]:
    """Read a file of strace's; a call that another thread interrupts is put together again."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        assert match is not None, line
        process, said = match.groups()
        if said.startswith(("+++", "---")):
            continue
        if resumed := _RESUMED.fullmatch(said):
            said = begun.pop(process) + resumed[2]
        if said.endswith("<unfinished ...>"):
            begun[process] = said.removesuffix("<unfinished ...>").rstrip()
            continue
        found = _CALL.fullmatch(said)
        assert found is not None, line
        yield Call(*found.groups())
    for said in begun.values():  # the program ended meanwhile
        name, _, arguments = said.partition("(")
        yield Call(name, arguments, "?")


def outside(call: Call) -> Iterator[str]:
    """Whom a call turns to that is neither this program nor the kernel.

    Sockets of files count too, as those of nscd and systemd-resolved look names up on one's behalf;
    so does port 53 of this machine.
    """
    if call.name in UNSEEN and not call.failed:
        yield call.name
    if call.name == "socket" and _RAW.search(call.arguments):
        yield f"socket({call.arguments})"
    if call.name in CALLS:
        for family, rest in _ADDRESS.findall(call.arguments):
            if family not in {"AF_NETLINK", "AF_UNSPEC"} and not _is_loopback(family, rest):
                yield f"{call.name}({family}{rest})"


def _is_loopback(family: str, rest: str) -> bool:
    quoted = re.search(r'inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"', rest)
    port = re.search(r"htons\((\d+)\)", rest)
    if family not in {"AF_INET", "AF_INET6"} or quoted is None or port is None:
        return False
    address = ipaddress.ip_address(quoted[1])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback and int(port[1]) != DNS


def changed(found: Sequence[Call], here: Path) -> Iterator[Path]:
    """Files and folders that were made, opened for writing, moved or deleted.

    Parameters
    ----------
    found
        From `calls`.
    here
        The folder that the program began in. A path that is relative to nothing stated is taken as
        in this and in every other that something went to: rather one too many than one too few.
    """
    folders = [here]
    for call in found:
        if call.name in MOVES and not call.failed:
            folders.extend(_paths(call, [here]))
    for call in found:
        opened = call.name in OPENS and _WRITES.search(call.arguments)
        if (opened or call.name in CHANGES) and not call.failed:
            yield from _paths(call, folders)


def _paths(call: Call, folders: Sequence[Path]) -> Iterator[Path]:
    """Paths among the arguments: of text, in the folder stated before it, and of open files."""
    matches = list(_PLACES.finditer(call.arguments))
    if call.name.startswith("symlink"):
        del matches[0]  # what a link says; nothing is done to that
    if "setxattr" in call.name:
        del matches[1:]
    opened: Path | None = None
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        if match["path"] is not None:
            stated = [opened] if opened else folders
            yield from (Path(os.path.normpath(each / _plain(match["path"]))) for each in stated)
            opened = None
        elif match["folder"] is not None:
            opened = Path(_plain(match["folder"]))
            if following is None or following["path"] is None:
                yield opened


def _plain(quoted: str) -> str:
    """Text as it was before strace escaped it."""
    plain, _ = codecs.escape_decode(quoted.encode())
    assert isinstance(plain, bytes)
    return os.fsdecode(plain)
