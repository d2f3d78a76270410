"""The key changes with everything that an analysis depends on, and with nothing else."""

from __future__ import annotations

import os
import shutil
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.config import AnalysisConfig, DetectionConfig, EncodingConfig, VideoConfig
from clusterer.store.analysis_cache import analysis_key
from clusterer.store.film import film_of

FROM_CARD = {"thresholds", "licence"}
"""Settings of the user's own encoder: its card states them, and is among the models."""
MODELS = {"a.onnx": "ab" * 32}
SIZE = 3 << 20


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    return path


def key(video: Path, config: AnalysisConfig | None = None, models: Any = MODELS) -> str:
    return analysis_key(film_of(video).fingerprint, config or AnalysisConfig(), models)


def test_key_depends_on_the_content_not_on_the_path(video: Path, tmp_path: Path) -> None:
    first = key(video)
    assert first == key(video)
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "b.mov"
    shutil.copy2(video, moved)
    assert key(moved) == first


@pytest.mark.parametrize("at", [0, SIZE // 2, -1])
def test_key_changes_with_content(video: Path, at: int) -> None:
    first, times = key(video), video.stat()
    content = bytearray(video.read_bytes())
    content[at] ^= 1
    video.write_bytes(content)
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert key(video) != first


def test_key_does_not_change_with_time(video: Path) -> None:
    first, times = key(video), video.stat()
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns + 1000))
    assert key(video) == first


def changed_settings() -> list[AnalysisConfig]:
    """One config for each setting of the analysis, with that one changed."""
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


def test_key_of_the_users_own_network_depends_on_its_content(video: Path) -> None:
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
