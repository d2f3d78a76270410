"""A user's machine in small: folders of its own, commands on it, and what they did to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from tests.offline.tracing import calls, changed, command, missing, outside

LET_GO = (
    "ORT_DISABLE_TELEMETRY", "DO_NOT_TRACK", "MPLCONFIGDIR", "MPLBACKEND", "CI", "GITHUB_ACTIONS",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
    "CLUSTER_VIDEO_MODELS",
)  # fmt: skip
"""Variables by which a machine may be quieter, or another, than one fresh from the shop."""
FONTS = """<fontconfig>
  <dir>{fonts}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
"""So that fontconfig finds fonts which it has not seen, as on a user's machine."""


@dataclass(frozen=True)
class Did:
    """What a command did: its end, whom it turned to, and what it changed outside its folders."""

    code: int
    out: str
    err: str
    seconds: float
    reached: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]

    def check(self) -> None:
        """It did its work, and kept all to itself."""
        assert self.code == 0, self.err
        assert self.reached == ()
        assert self.changed == ()
        assert self.left == ()


@dataclass(frozen=True)
class Machine:
    """A home and a folder for temporary files, both to be left empty; a cache and results."""

    root: Path

    def __post_init__(self) -> None:
        for folder in (self.home, self.temporary, self.here, self.results, self.cache):
            folder.mkdir()
        fonts = self.root / "fonts"
        fonts.mkdir()
        self._fontconfig.write_text(FONTS.format(fonts=fonts))

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        return self.root / "temporary"

    @property
    def here(self) -> Path:
        """Where commands are called; they are told to write elsewhere."""
        return self.root / "here"

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def _fontconfig(self) -> Path:
        return self.root / "fonts.conf"

    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in LET_GO}
        home = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(self.home))
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        return {
            "USER": "user",  # a login sets both; without, Python asks who else keeps lists of users
            "LOGNAME": "user",
            **kept,
            **home,
            **temporary,
            CACHE: str(self.cache),
            "FONTCONFIG_FILE": str(self._fontconfig),
            "PYTHONDONTWRITEBYTECODE": "1",  # what Python keeps beside its sources is its own
        }

    def do(self, *arguments: object) -> Did:
        """Run ``cluster-video`` to its end."""
        return self.run("-m", "clusterer", *arguments)

    def run(self, *arguments: object) -> Did:
        """Run Python to its end."""
        with self.running(*arguments) as (process, trace):
            began_s = time.monotonic()
            out, err = process.communicate(timeout=300)
            seconds = time.monotonic() - began_s
        return self.judge(trace, process.returncode, out, err, seconds)

    @contextmanager
    def running(self, *arguments: object) -> Iterator[tuple[subprocess.Popen[str], Path]]:
        """Python at work, and the file where strace writes down what it does."""
        trace = self.root / f"{len(list(self.root.glob('*.trace')))}.trace"
        trace.touch()
        with subprocess.Popen(
            [*([] if missing() else command(trace)), sys.executable, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self.here,
            env=self.environment(),
        ) as process:
            try:
                yield process, trace
            finally:
                process.kill()

    def judge(self, trace: Path, code: int, out: str, err: str, seconds: float) -> Did:
        """What a command did that has ended."""
        found = list(calls(trace.read_text("utf-8", "replace")))
        touched = {path for path in changed(found, self.here) if not self._allows(path)}
        emptied = (self.home, self.temporary, self.here)
        left = [path for folder in emptied for path in sorted(folder.rglob("*"))]
        for path in (path for folder in emptied for path in folder.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()  # the next command's own
        return Did(
            code=code,
            out=out,
            err=err,
            seconds=seconds,
            reached=tuple(
                to
                for to in dict.fromkeys(to for call in found for to in outside(call))
                if not self._is_of_workers(to)
            ),
            changed=tuple(sorted(map(str, touched))),
            left=tuple(str(path.relative_to(self.root)) for path in left),
        )

    def _is_of_workers(self, to: str) -> bool:
        """The socket by which a program starts its worker processes: a file of its own."""
        return f'AF_UNIX, sun_path="{self.temporary}/pymp-' in to

    def _allows(self, path: Path) -> bool:
        """In the result or the cache; or for a while only, where things are for a while."""
        path = path.parent.resolve() / path.name
        root = self.root.resolve()
        if any(path.is_relative_to(root / ours) for ours in ("results", "cache")):
            return True
        passing = (root / "temporary", Path("/dev/shm"))
        if any(path.is_relative_to(folder) for folder in passing):
            return path in passing or not path.exists()
        # A terminal or /dev/null, what the kernel tells and is told, and memory.
        return (
            path.is_char_device() or path.is_relative_to("/proc") or str(path).startswith("/memfd:")
        )
