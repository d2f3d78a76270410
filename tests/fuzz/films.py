"""Small films in every container, to be damaged; and a process that survives them."""

from __future__ import annotations

import io
import multiprocessing
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from tests.fuzz.mutate import damaged
from tests.video_files import picture, write_video

SEED = "cluster-video"
"""Of every run of the tests; long runs state their own."""
PATIENCE_S = 60.0
"""For one film of 12 frames; all but a hang ends in seconds, even on a busy machine."""
KINDS = {
    "a.mp4": {"codec": "libx264"},
    "front.mp4": {"codec": "libx264", "container_options": {"movflags": "+faststart"}},
    "pieces.mp4": {"codec": "libx264", "container_options": {"movflags": "+frag_keyframe"}},
    "timecode.mov": {"codec": "mpeg4", "metadata": {"timecode": "00:59:58;10"}},
    "a.mkv": {"codec": "libx264"},
    "a.ts": {"codec": "mpeg2video"},
    "a.avi": {"codec": "mpeg4"},
    "a.webm": {"codec": "libvpx"},
    "a.mpg": {"codec": "mpeg2video"},
    "a.mxf": {"codec": "mpeg2video"},
}


def films(folder: Path) -> dict[str, bytes]:
    """Name → content of whole films of 12 frames with a cut in the middle."""
    found = {}
    for name, options in KINDS.items():
        pictures = [picture(number, number // 6) for number in range(12)]
        rate = Fraction(30000, 1001) if "timecode" in options.get("metadata", {}) else Fraction(25)
        path = write_video(folder / name, pictures, rate=rate, **options)
        found[name] = path.read_bytes()
    return found


def mutants(whole: dict[str, bytes], seed: str, number: int) -> tuple[str, bytes]:
    """Name and content of a damaged film."""
    names = sorted(whole)
    name = names[number % len(names)]
    return name, damaged(whole[name], f"{seed}-{number}")


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    err: str

    @property
    def problem(self) -> str:
        """Empty if it ended as it should: done, or one line that says why not."""
        lines = self.err.splitlines()
        errors = [line for line in lines if line.startswith("Error:")]
        if self.code not in {0, 1} or len(errors) != self.code or "This is a bug" in self.err:
            return f"exit code {self.code}: {self.err[-500:]}"
        return ""


class Runner:
    """Runs ``cluster-video FILM`` in a process of its own, which may crash or hang."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_work, args=[other], daemon=True)
        self._process.start()
        other.close()

    def run(self, film: Path, folder: Path) -> Ran:
        """Analyse a film into a folder."""
        self._pipe.send((str(film), str(folder)))
        try:
            if self._pipe.poll(PATIENCE_S):
                found: Ran = self._pipe.recv()
                return found
            how = "it hangs"
        except EOFError:
            self._process.join()
            how = f"it crashed with {self._process.exitcode}"
        self.close()
        self._start()
        return Ran(-1, how)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _work(pipe: Connection) -> None:
    import dlib  # noqa: PLC0415 (as the next, in this process only)

    from clusterer.cli import main  # noqa: PLC0415 (in each process)

    dlib.get_frontal_face_detector = cache(dlib.get_frontal_face_detector)  # takes 0.5 s to make
    while True:
        film, folder = pipe.recv()
        err = io.StringIO()
        code = 0
        with redirect_stderr(err), redirect_stdout(io.StringIO()):
            try:
                main([film, "--output", folder, "--detector=hog", "--encoder=dlib", "--quiet"])
            except SystemExit as ended:
                code = int(ended.code or 0)
        pipe.send(Ran(code, err.getvalue()))
