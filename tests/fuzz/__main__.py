"""Damage films and files for as long as is wanted: ``python -m tests.fuzz --minutes 60``.

Takes turns between a film and one file of each kind. What goes wrong is printed with the seed and
number that make it again, and kept in ``--keep``.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from tests.fuzz.films import Runner, films, mutants
from tests.fuzz.mutate import damaged, damaged_json
from tests.fuzz.parsers import TARGETS, problem, whole_files


def main() -> int:
    """Return the number of problems, 1 at most."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", default="", help="Of an earlier run. Default: a new one.")
    parser.add_argument("--first", type=int, default=0, help="Number of the first film and file.")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="Folder for what failed.")
    chosen = parser.parse_args()
    seed = chosen.seed or secrets.token_hex(4)
    end = time.monotonic() + 60 * chosen.minutes
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        found, done = _run(Path(place), seed, chosen.first, end, chosen.keep)
    print(f"{done} films and as many files of each of {len(TARGETS)} kinds: {found} problems")
    return min(found, 1)


def _run(place: Path, seed: str, first: int, end: float, keep: Path) -> tuple[int, int]:
    folder, found = place / "small.people", 0
    whole_files(folder)
    whole, runner = films(place), Runner()
    try:
        for number in count(first):
            if time.monotonic() > end:
                return found, number - first
            name, content = mutants(whole, seed, number)
            film = place / str(number) / name
            film.parent.mkdir()
            film.write_bytes(content)
            ran = runner.run(film, film.parent / "x.people")
            problems = [(name, content, ran.problem)] if ran.problem else []
            problems += _files(folder, f"{seed}-{number}")
            for name, content, why in problems:
                found += 1
                keep.mkdir(exist_ok=True)
                (keep / f"{seed}-{number}-{name}").write_bytes(content)
                print(f"--seed {seed} --first {number}: {name}: {why}", flush=True)
    finally:
        runner.close()
    raise AssertionError


def _files(folder: Path, seed: str) -> list[tuple[str, bytes, str]]:
    """One damaged file of each kind; those that failed, with the reason."""
    failed = []
    for name, target in TARGETS.items():
        whole = (folder / target.name).read_bytes()
        for damage in (damaged, damaged_json) if target.is_json else (damaged,):
            content = damage(whole, f"{seed}-{name}")
            if why := problem(target, folder, content):
                failed.append((target.name, content, why))
    return failed


if __name__ == "__main__":
    sys.exit(main())
