"""What networks run on: the CPU, or an accelerator that ONNX Runtime has a provider for.

Importing this loads no library; `available` and `check` import ONNX Runtime where they need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from clusterer.core.config import AUTO
from clusterer.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of device.

    Attributes
    ----------
    name : as typed
    provider : ONNX Runtime's name for it
    package : the one with this provider, to install in place of ``onnxruntime``
    options : of the provider; ``{threads}`` in a value stands for the number of CPU threads
    frames, chips : pictures per batch of a detector, and of an encoder; 0 = as on the CPU, where a
        detector looks at one picture per thread, and an encoder says how many it takes
    padded : whether every batch is filled up to that number, so that shapes stay the same: a
        graphics card prepares for each new shape, and rounds by it
    """

    name: str
    provider: str
    package: str = "onnxruntime"
    options: tuple[tuple[str, str], ...] = ()
    frames: int = 0
    chips: int = 0
    padded: bool = False

    def options_for(self, threads: int) -> dict[str, str]:
        """Options of the provider, with this number of CPU threads."""
        return {key: value.format(threads=threads) for key, value in self.options}


CPU = Device("cpu", "CPUExecutionProvider")

# 8 frames are what the pipeline detects at once. On an H100 CenterFace took 1.55 ms for one picture
# and 0.55 ms each for eight, dlib's encoder 1.63 ms for one chip and 0.04 ms each for 64.
_FRAMES, _CHIPS = 8, 64

DEVICES = {
    device.name: device
    for device in (
        CPU,
        Device(
            "coreml", "CoreMLExecutionProvider", frames=_FRAMES, chips=_CHIPS, padded=True
        ),  # in the usual wheels for macOS
        Device(
            "cuda",
            "CUDAExecutionProvider",
            "onnxruntime-gpu",
            # TF32 keeps 10 bits of a number. Trying every algorithm, the default, is for one shape.
            (("use_tf32", "0"), ("cudnn_conv_algo_search", "HEURISTIC")),
            frames=_FRAMES,
            chips=_CHIPS,
            padded=True,
        ),
        Device(
            "directml",
            "DmlExecutionProvider",
            "onnxruntime-directml",
            frames=_FRAMES,
            chips=_CHIPS,
            padded=True,
        ),
        # On the CPU, where 1 to 32 pictures and 1 or 2 threads gave the same numbers to the bit, so
        # nothing is padded. Few at once, as the caches are small: on one thread 2 frames took 12.4
        # ms each and 8 took 13.8, 4 chips 7.0 ms each and 32 took 8.3 (OpenVINO in ONNX Runtime
        # 1.24). ACCURACY: float32 stays float32, also where the CPU has bfloat16.
        Device(
            "openvino",
            "OpenVINOExecutionProvider",
            "onnxruntime-openvino",
            (
                ("device_type", "CPU"),
                ("num_of_threads", "{threads}"),
                ("precision", "ACCURACY"),
            ),
            frames=2,
            chips=4,
        ),
    )
}
"""Name → device, the CPU first, then sorted."""


def available() -> tuple[Device, ...]:
    """Devices that the installed ONNX Runtime was built for, in the order of `DEVICES`.

    One may still fail to start, such as where its driver is missing.
    """
    import onnxruntime  # noqa: PLC0415 (names are listed without it)

    providers = onnxruntime.get_available_providers()
    return tuple(device for device in DEVICES.values() if device.provider in providers)


def check(name: str) -> None:
    """Check a device's name, or ``auto``; ONNX Runtime is imported for an accelerator only.

    Raises
    ------
    ConfigError
        There is no device of that name, or the installed ONNX Runtime lacks its provider.
    """
    if name in (AUTO, CPU.name):
        return
    if name not in DEVICES:
        near = get_close_matches(name, [AUTO, *DEVICES], 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise ConfigError(
            f"There is no device named {name!r}",
            f"{meant}Choose from {', '.join([AUTO, *DEVICES])}",
        )
    device = DEVICES[name]
    if device in available():
        return
    remedy = "It is in the wheels for macOS on Apple silicon"
    if device.package != CPU.package:
        remedy = (
            f"Install {device.package} in place of {CPU.package}: pip uninstall {CPU.package}, "
            f"then pip install {device.package}"
        )
    raise ConfigError(f"The installed ONNX Runtime cannot use the device {name!r}", remedy)
