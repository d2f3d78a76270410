"""Flags for what lies elsewhere: workers on other machines, and copies of films by address."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli.options import flag
from clusterer.cli.types import NUMBER, PATH
from clusterer.core.config import AUTO
from clusterer.core.errors import ConfigError
from clusterer.core.text import visible
from clusterer.models.devices import CPU

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from clusterer.core.config import AnalysisConfig
    from clusterer.store.scratch import Scratch


@dataclass(frozen=True, slots=True)
class MachineFlags:
    """Who works, besides this machine's processes, and where copies of films lie."""

    cluster: str | None = flag(
        "--cluster",
        metavar="ADDRESS",
        help="Have parts of videos analysed by the workers of a Dask scheduler, tcp://host:8786 or "
        "tls://host:8786, instead of processes here. Needs the extra [cluster].",
    )
    scratch: Path | None = flag(
        "--scratch",
        type=PATH,
        metavar="DIR",
        help="Folder for local copies of videos that are given by address, such as "
        "s3://bucket/film.mp4. Default: in the user's cache, or CLUSTER_VIDEO_SCRATCH.",
    )
    scratch_size: float | None = flag(
        "--scratch-size",
        type=NUMBER,
        metavar="GB",
        help="Room for those copies; the least recently used ones are removed. Default: 20, or "
        "CLUSTER_VIDEO_SCRATCH_GB.",
    )

    @property
    def asks_for_addresses(self) -> bool:
        """Whether the user expects videos by address."""
        return self.scratch is not None or self.scratch_size is not None

    def room(self) -> Scratch:
        """Where copies of films lie; ConfigError if the size makes no sense."""
        from clusterer.store.scratch import scratch

        return scratch(self.scratch, self.scratch_size)

    def refuse_cluster(self) -> None:
        """Raise ConfigError if other machines are to look at faces of which nothing may be left."""
        if self.cluster is not None:
            raise ConfigError(
                "--cluster has faces looked at by machines over which this one has no control",
                "Leave one of --cluster and --no-biometrics out",
            )

    def executor(
        self, workers: int | None, config: AnalysisConfig, device: str, *, quiet: bool
    ) -> AbstractContextManager[Executor]:
        """What looks at parts of videos; use in a ``with`` block.

        Raises
        ------
        ConfigError
            `workers` is given, too.
        ClustererError
            As of `clusterer.project.cluster.Cluster`.
        """
        if self.cluster is None:
            from clusterer.pipeline.workers import WorkerProcesses

            return WorkerProcesses(workers)
        if workers is not None:
            raise ConfigError("--workers and --cluster exclude each other", "Give one of them")
        from clusterer.project.cluster import Cluster

        def note(text: str) -> None:
            if not quiet:
                click.echo(f"Note: {visible(text)}", err=True)

        return Cluster(self.cluster, config, CPU.name if device == AUTO else device, note)
