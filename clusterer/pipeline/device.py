"""Choose what the networks run on; ``auto`` measures that once per machine."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterer.core.config import AUTO, AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.core.errors import ResultError
from clusterer.core.files import write_atomic
from clusterer.core.folders import make_folder
from clusterer.faces import detection, encoding
from clusterer.models.cache import cache_folder
from clusterer.models.devices import CPU, Device, available, check

if TYPE_CHECKING:
    from clusterer.core.types import Detections, FloatArray, Frame, ImageArray

FRAMES, CHIPS, CALLS = 8, 4, 4
"""Pictures per call, and calls, of a measurement: half a second on two cores. In the sample film 36
chips are encoded for 70 sampled frames."""

FASTER = 0.8
"""Largest part of the CPU's time that a device may take to be chosen. Its numbers differ in the
last digits, so it must be worth it, and not by the noise of one measurement."""

LEAST_COSINE, LEAST_IOU = 0.999, 0.98
"""How near the device's embeddings and boxes must be to the CPU's."""

LEAST_SCORE, CLEAR_SCORE = 0.03, 0.06
"""The detector's threshold in a measurement, and that of faces that must be found on both: the
faces are drawn, and CenterFace gives most of them 0.06 to 0.15."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How a device did against the CPU.

    Attributes
    ----------
    cpu_s, device_s : time for the same pictures, seconds
    agrees : whether it found the same
    """

    cpu_s: float
    device_s: float
    agrees: bool

    @property
    def is_worth_it(self) -> bool:
        """Whether ``auto`` takes the device."""
        return self.agrees and self.device_s <= FASTER * self.cpu_s

    def describe(self, name: str) -> str:
        """The figures as half a sentence, such as ``cuda takes 0.31 times as long as the CPU``."""
        ratio = f"{name} takes {self.device_s / self.cpu_s:.2f} times as long as the CPU"
        return ratio if self.agrees else f"{ratio}, but finds something else"


def choose(name: str, config: AnalysisConfig, note: Callable[[str], None]) -> str:
    """Name of the device to run on.

    Parameters
    ----------
    name
        Of a device, which stands for itself; or ``auto``: of those at hand the fastest that takes
        at most `FASTER` of the CPU's time and finds the same; otherwise the CPU. The first
        time this is measured, then read from the cache folder.
    config
        Names the detector and the encoder that are to run.
    note
        Receives what was measured, and why a device does not start.

    Raises
    ------
    ConfigError
        As `clusterer.models.devices.check`.
    ModelError
        Weights are missing or damaged.
    """
    check(name)
    if name != AUTO:
        return name
    return fastest(
        {
            device.name: recall(device, config) or _measured(device, config, note)
            for device in accelerators()
        }
    )


def fastest(results: Mapping[str, Measured | None]) -> str:
    """The device that ``auto`` takes; ties go to the earlier one."""
    taken = {name: each.device_s for name, each in results.items() if each and each.is_worth_it}
    return min(taken, key=lambda name: taken[name], default=CPU.name)


def accelerators() -> tuple[Device, ...]:
    """Devices at hand other than the CPU."""
    return tuple(device for device in available() if device != CPU)


def recall(device: Device, config: AnalysisConfig) -> Measured | None:
    """An earlier measurement of the same device, networks and libraries on this machine, if any."""
    key = _key(device, config)
    with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):  # damaged or foreign
        stored = json.loads(_file(key).read_text("utf-8"))
        if stored.pop("key") == key:
            result = Measured(**stored)
            times = (result.cpu_s, result.device_s)
            if all(0 < each < math.inf for each in times) and isinstance(result.agrees, bool):
                return result
    return None


def _measured(
    device: Device, config: AnalysisConfig, note: Callable[[str], None]
) -> Measured | None:
    """Measure and store it; None if the device does not start, which may be otherwise next time."""
    trouble, result = measure(device, config)
    if trouble:
        note(trouble)
        return None
    verdict = "is used" if result.is_worth_it else "is not used"
    note(f"measured: {result.describe(device.name)}, and {verdict}")
    key = _key(device, config)
    with suppress(ResultError):
        make_folder(_file(key).parent)
        write_atomic(_file(key), json.dumps({"key": key, **asdict(result)}, indent=1).encode())
    return result


def measure(device: Device, config: AnalysisConfig) -> tuple[str, Measured]:
    """Detect and encode made-up pictures on the CPU and on a device.

    Returns
    -------
    trouble
        Why the device does not work; otherwise empty.
    result
        The figures.
    """
    frames = drawn_frames()
    runs = [_Run(name, config, frames) for name in (CPU.name, device.name)]
    for _ in range(CALLS):  # in turns, so that other programs slow down both
        for run in runs:
            run.time_once()
    on_cpu, on_device = runs
    return on_device.trouble, Measured(on_cpu.taken_s, on_device.taken_s, on_cpu.agrees(on_device))


class _Run:
    """Detector and encoder on one device, warmed up, with the time that they took."""

    def __init__(self, name: str, config: AnalysisConfig, frames: list[Frame]) -> None:
        import numpy as np  # noqa: PLC0415 (the doctor reads figures without it)

        cores = usable_cores()
        looked = replace(config.detection, min_score=LEAST_SCORE)
        self._detector = detection.create(looked, cores, name)
        self._encoder = encoding.create(config.encoding, max(1, cores // 2), name)
        side = self._encoder.chip_size_px
        grain = np.random.default_rng(0).integers(0, 256, (CHIPS, 8, 8, 3), np.uint8)
        self._chips: ImageArray = np.stack([_enlarged(each, side, side) for each in grain])
        self._frames = frames
        self.found: list[Detections] = self._detector.detect(frames)  # the warm-up
        self.embeddings: FloatArray = self._encoder.encode(self._chips)
        self.taken_s = 0.0

    @property
    def trouble(self) -> str:
        """Of either."""
        return next(iter(troubles(self._detector, self._encoder)), "")

    def time_once(self) -> None:
        """Do the work again."""
        started_s = time.perf_counter()
        self._detector.detect(self._frames)
        self._encoder.encode(self._chips)
        self.taken_s += time.perf_counter() - started_s

    def agrees(self, other: _Run) -> bool:
        """Whether both found the same."""
        import numpy as np  # noqa: PLC0415 (likewise)

        for ours, theirs in ((self, other), (other, self)):
            if not all(map(_are_among, ours.found, theirs.found)):
                return False
        lengths = np.linalg.norm(self.embeddings, axis=1) * np.linalg.norm(other.embeddings, axis=1)
        products = (self.embeddings * other.embeddings).sum(axis=1)
        return bool((products >= LEAST_COSINE * lengths).all())


def _are_among(faces: Detections, others: Detections) -> bool:
    """Whether each clear face overlaps one of the others."""
    from clusterer.core.geometry import iou  # noqa: PLC0415 (needs NumPy)

    clear = faces.boxes[faces.scores >= CLEAR_SCORE]
    if not len(clear):
        return True
    return bool((iou(clear, others.boxes).max(axis=1, initial=0) >= LEAST_IOU).all())


def troubles(*models: object) -> list[str]:
    """Why networks run on the CPU although another device was asked for; each reason once."""
    found = (getattr(model, "trouble", "") for model in models)
    return list(dict.fromkeys(text for text in found if text))


def drawn_frames() -> list[Frame]:
    """Pictures of 640 x 360 px, each with two drawn faces."""
    import cv2  # noqa: PLC0415 (heavy)
    import numpy as np  # noqa: PLC0415 (likewise)

    from clusterer.core.types import Frame  # noqa: PLC0415 (needs NumPy)

    grains = np.random.default_rng(0).integers(60, 200, (FRAMES, 18, 32, 3), np.uint8)
    frames = []
    for index, grain in enumerate(grains):
        picture = _enlarged(grain, 640, 360)
        for x, y in ((150 + 5 * index, 160), (450 - 5 * index, 200)):
            _draw_face(picture, x, y)
        frames.append(Frame(index, index, np.asarray(cv2.blur(picture, (5, 5)), np.uint8)))
    return frames


def _enlarged(grain: ImageArray, width_px: int, height_px: int) -> ImageArray:
    import cv2  # noqa: PLC0415 (heavy)
    import numpy as np  # noqa: PLC0415 (likewise)

    return np.array(cv2.resize(grain, (width_px, height_px)), np.uint8)


def _draw_face(picture: ImageArray, x: int, y: int) -> None:
    """Draw a face 130 px high around a point."""
    import cv2  # noqa: PLC0415 (heavy)

    skin, hair, lips, white, dark = (
        (224, 172, 105), (60, 40, 20), (170, 60, 60), (255, 255, 255), (40, 20, 10),
    )  # fmt: skip
    cv2.ellipse(picture, (x, y), (50, 65), 0, 0, 360, skin, -1)
    cv2.ellipse(picture, (x, y - 37), (52, 35), 0, 180, 360, hair, -1)
    for eye in (x - 21, x + 21):
        cv2.ellipse(picture, (eye, y - 10), (9, 5), 0, 0, 360, white, -1)
        cv2.circle(picture, (eye, y - 10), 4, dark, -1)
        cv2.line(picture, (eye - 11, y - 21), (eye + 11, y - 21), hair, 3)
    cv2.line(picture, (x, y - 5), (x - 4, y + 12), (180, 120, 80), 3)
    cv2.ellipse(picture, (x, y + 30), (17, 6), 0, 0, 360, lips, -1)


def _file(key: Mapping[str, Any]) -> Path:
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return cache_folder() / f"device-{digest[:16]}.json"


def _key(device: Device, config: AnalysisConfig) -> dict[str, Any]:
    """All that the figures depend on."""
    import onnxruntime  # noqa: PLC0415 (heavy)

    encoder = encoding.actual(config.encoding.encoder)
    files = (*detection.weights(config.detection.detector), *encoding.weights(encoder))
    return {
        "runtime": onnxruntime.__version__,
        "provider": device.provider,
        "options": [list(pair) for pair in device.options],
        "hardware": _hardware(device),
        "cores": usable_cores(),
        "detector": config.detection.detector,
        "encoder": encoder,
        "width_px": config.detection.width_px,
        "models": {file.name: file.sha256() for file in files},
    }


def _hardware(device: Device) -> list[str]:
    """Names of processor and graphics cards, as far as they can be had."""
    import onnxruntime  # noqa: PLC0415 (heavy)

    found = [platform.machine(), platform.processor()]
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        found += [line for line in lines if line.startswith("model name")][:1]
    for card in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        with suppress(OSError):
            lines = card.read_text("utf-8", "replace").splitlines()
            found += [line for line in lines if line.startswith("Model")]
    if hasattr(onnxruntime, "get_ep_devices"):  # since 1.22
        for each in onnxruntime.get_ep_devices():
            if each.ep_name == device.provider:
                found.append(f"{each.device.vendor} {each.device.device_id}")
    return found
