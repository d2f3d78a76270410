"""``cluster-video doctor``: what a bug report needs to say of a machine."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

import click

from clusterer._version import __version__
from clusterer.cli.crash import library_versions
from clusterer.cli.group import Command
from clusterer.core.config import AnalysisConfig, DetectionConfig
from clusterer.core.cores import usable_cores
from clusterer.core.errors import ClustererError
from clusterer.core.text import one_line
from clusterer.faces import detection, encoding
from clusterer.models.cache import cache_folder
from clusterer.models.devices import Device, available
from clusterer.models.registry import Entry
from clusterer.pipeline.device import accelerators, fastest, recall, troubles

WIDTH = 10
"""Of the labels."""


@click.command(cls=Command)
def doctor() -> None:
    """Describe this machine, for a bug report.

    Versions, cores, FFmpeg, ONNX Runtime and its devices, free space, and which networks are here.
    Nothing is sent or changed; your home folder is written as ~.
    """
    for label, text in _facts():
        indent = " " * WIDTH
        click.echo(
            fill(
                f"{label:<{WIDTH}}{text}",
                max(60, min(shutil.get_terminal_size().columns, 100)),
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def _facts() -> Iterator[tuple[str, str]]:
    yield "version", f"cluster-video {__version__}"
    yield "Python", f"{platform.python_version()} ({platform.python_implementation()})"
    yield "system", platform.platform()
    yield "cores", f"{usable_cores()} usable of {os.cpu_count()}"
    yield "FFmpeg", _ffmpeg()
    yield "ONNX", _onnx_runtime()
    yield "devices", ", ".join(device.name for device in available())
    yield "device", _device()
    yield "libraries", ", ".join(library_versions())
    yield "cache", _folder(cache_folder())
    yield "here", _folder(Path.cwd())
    yield "encoder", f"auto is {encoding.actual('auto')}"
    for registry in (detection.DETECTORS, encoding.ENCODERS):
        there = {name: _is_here(entry) for name, entry in registry.entries().items()}
        here = [name for name in there if there[name]]
        missing = [name for name in there if not there[name]]
        lacking = f"; not here: {', '.join(missing)}" if missing else ""
        yield f"{registry.kind}s", f"{', '.join(here)}{lacking}"
        yield from (("note", problem) for problem in registry.problems())
    chosen = sorted(name for name in os.environ if name.startswith("CLUSTER_VIDEO_"))
    yield "settings", ", ".join(chosen) or "no environment variable is set"


def _ffmpeg() -> str:
    """Versions of the libraries in PyAV."""
    import av

    versions = {
        name: ".".join(map(str, numbers)) for name, numbers in sorted(av.library_versions.items())
    }
    chosen = (name for name in ("libavcodec", "libavformat") if name in versions)
    return ", ".join(f"{name} {versions[name]}" for name in chosen) + f", in PyAV {av.__version__}"


def _onnx_runtime() -> str:
    """Its version, and all that it could run networks on."""
    import onnxruntime

    from clusterer.models.runtime import disable_telemetry

    disable_telemetry()
    names = onnxruntime.get_available_providers()
    providers = ", ".join(name.removesuffix("ExecutionProvider") for name in names)
    return f"Runtime {onnxruntime.__version__}: {providers}"


def _device() -> str:
    """What ``--device auto`` is at the default settings, and the figures behind that."""
    try:
        failing = [text for device in accelerators() for text in _starting(device)]
        results = {device.name: recall(device, AnalysisConfig()) for device in accelerators()}
    except ClustererError as error:  # weights are damaged
        return f"auto cannot be measured: {error.cause}"
    figures = [
        f"{name} is not measured yet" if result is None else result.describe(name)
        for name, result in results.items()
    ]
    return "; ".join([f"auto is {fastest(results)}", *figures, *failing])


def _starting(device: Device) -> list[str]:
    """Why a device does not start, if so."""
    return troubles(detection.create(DetectionConfig(), 1, device.name))


def _folder(path: Path) -> str:
    """Where it is, how much space is free, and whether it can be written to."""
    home, shown = Path.home(), one_line(str(path))
    if path.is_relative_to(home):
        shown = one_line(str(Path("~") / path.relative_to(home)))
    there = next(place for place in (path, *path.parents) if place.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    refused = "" if os.access(there, os.W_OK) else ", cannot be written to"
    return f"{shown}, {free_gb:.1f} GB free{refused}"


def _is_here(entry: Entry) -> bool:
    try:
        for file in entry.files:
            file.find()
    except ClustererError:
        return False
    return True
