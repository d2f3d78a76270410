"""Damage one kind of file where that reaches new code: ``python -m tests.fuzz.guided KIND``.

Needs Atheris (``pip install atheris``; Linux, Python 3.11 to 3.13). KIND is one of
`tests.fuzz.parsers.TARGETS`; those that are written in Python, such as "dlib" and "card", profit.
What goes wrong is printed, and kept as ``crash-…`` in the current folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Run until the time is over or something goes wrong."""
    import atheris  # noqa: PLC0415 (the tests need it nowhere else)

    with atheris.instrument_imports(include=["clusterer"]):
        from tests.fuzz.parsers import TARGETS, problem, whole_files  # noqa: PLC0415 (instrumented)

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided")
    parser.add_argument("kind", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=5.0)
    chosen = parser.parse_args()
    target = TARGETS[chosen.kind]
    place = Path(tempfile.mkdtemp())
    folder, seeds = place / "small.people", place / "seeds"
    whole_files(folder)
    seeds.mkdir()
    (seeds / "whole").write_bytes((folder / target.name).read_bytes())

    def read(data: bytes) -> None:
        if why := problem(target, folder, data):
            raise AssertionError(why)

    limit = f"-max_total_time={60 * chosen.minutes:.0f}"
    atheris.Setup([sys.argv[0], limit, "-print_final_stats=1", str(seeds)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
