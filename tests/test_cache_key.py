"""The key of an analysis changes with all that it depends on, and with nothing else."""

from __future__ import annotations

import os
import shutil
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.cache import ENDS_BYTES, analysis_key
from clusterer.config import AnalysisConfig, DetectionConfig, EncodingConfig, VideoConfig
from clusterer.errors import VideoError

FROM_CARD = {"thresholds", "licence"}
"""Of an encoder of the user's own; its card, which states them, is among the models."""
MODELS = {"a.onnx": "ab" * 32}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(range(256)) * (3 * ENDS_BYTES // 256))
    return path


def key(video: Path, config: AnalysisConfig | None = None, models: Any = MODELS) -> str:
    return analysis_key(video, config or AnalysisConfig(), models)


def test_key_is_of_the_file_not_of_its_path(video: Path, tmp_path: Path) -> None:
    first = key(video)
    assert first == key(video)
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "b.mov"
    shutil.copy2(video, moved)
    assert key(moved) == first


@pytest.mark.parametrize("at", [0, ENDS_BYTES - 1, -ENDS_BYTES, -1])
def test_key_changes_with_content(video: Path, at: int) -> None:
    first, times = key(video), video.stat()
    content = bytearray(video.read_bytes())
    content[at] ^= 1
    video.write_bytes(content)
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert key(video) != first


def test_key_changes_with_length_and_time(video: Path) -> None:
    keys, times = {key(video)}, video.stat()
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns + 1000))
    keys.add(key(video))
    with video.open("r+b") as file:  # head and tail stay the same, the middle loses one period
        content = file.read()
        file.seek(0)
        file.write(content[256:])
        file.truncate()
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns))
    keys.add(key(video))
    assert len(keys) == 3


def changed_settings() -> list[AnalysisConfig]:
    """One config per setting of the first phase, with another value in it."""
    configs = []
    base = AnalysisConfig()
    for stage in fields(base):
        settings = getattr(base, stage.name)
        assert is_dataclass(settings)
        for setting in fields(settings):
            if setting.name in FROM_CARD:
                continue
            value = getattr(settings, setting.name)
            if isinstance(value, str):
                value = "other"
            elif value is None:
                value = 1.0
            else:
                value = value + 1 if isinstance(value, int) else value / 2
            configs.append(
                replace(base, **{stage.name: replace(settings, **{setting.name: value})})
            )
    return configs


def test_key_changes_with_every_setting(video: Path) -> None:
    configs = changed_settings()
    assert len({key(video, config) for config in [AnalysisConfig(), *configs]}) == 1 + len(configs)
    assert len(configs) > 15


def test_key_of_a_network_of_ones_own_is_of_its_content(video: Path) -> None:
    configs = [
        EncodingConfig(encoder="onnx:a.onnx"),
        EncodingConfig(encoder="onnx:/there/a.onnx", thresholds=(("l2", 0.5),), licence="MIT"),
    ]
    first, second = (key(video, AnalysisConfig(encoding=config)) for config in configs)
    assert first == second != key(video)


def test_key_changes_with_models(video: Path) -> None:
    others = [{}, {"a.onnx": "cd" * 32}, {"b.onnx": "ab" * 32}, {**MODELS, "c": "00"}]
    assert len({key(video, models=models) for models in [MODELS, *others]}) == 5


def test_key_of_equal_settings_is_equal(video: Path) -> None:
    config = AnalysisConfig(video=VideoConfig(), detection=DetectionConfig())
    assert key(video, config) == key(video)


@pytest.mark.parametrize("name", ["missing.mp4", "folder", "a" * 300])
def test_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(VideoError, match="Cannot read"):
        key(tmp_path / name)
