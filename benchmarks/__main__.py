"""Run a benchmark: ``python -m benchmarks GROUP NAME [options]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.registry import BENCHMARKS, GROUPS, Benchmark, Module, find

PROGRAM = "python -m benchmarks"


def listing(group: str) -> str:
    """The benchmarks of a group, one a line."""
    return "\n".join(f"  {one.name:12} {one.summary}" for one in BENCHMARKS if one.group == group)


def chooser() -> argparse.ArgumentParser:
    """Parser of the group and the name."""
    every = "\n\n".join(f"{group}: {about}\n{listing(group)}" for group, about in GROUPS.items())
    top = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} GROUP NAME [options]",
        description=every,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    groups = top.add_subparsers(dest="group", required=True, metavar="GROUP")
    for group, about in GROUPS.items():
        one = groups.add_parser(
            group,
            usage=f"{PROGRAM} {group} NAME [options]",
            description=f"{group}: {about}\n{listing(group)}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        names = [benchmark.name for benchmark in BENCHMARKS if benchmark.group == group]
        one.add_argument("name", metavar="NAME", choices=names)
    return top


def options_of(benchmark: Benchmark, module: Module) -> argparse.ArgumentParser:
    """Parser of the options of one benchmark."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {benchmark.group} {benchmark.name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="rough figures, in seconds")
    module.add_arguments(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one benchmark.

    Parameters
    ----------
    arguments
        Of the command line; by default those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    chosen = chooser().parse_args(words[:2])
    benchmark = find(chosen.group, chosen.name)
    module = benchmark.load()
    options = options_of(benchmark, module)
    if "--quick" in words:
        options.set_defaults(**module.QUICK)
    module.main(options.parse_args(words[2:]))


if __name__ == "__main__":
    main()
