"""Open networks in ONNX Runtime: on a device, with a thread budget, without telemetry."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from clusterer.core.errors import ModelError
from clusterer.core.text import brief
from clusterer.models import memory
from clusterer.models.devices import CPU, DEVICES, Device
from clusterer.models.self_contained import external_part

CPU_BATCH = 2
"""Pictures per run of an encoder on the CPU. Those of more leave the processor's caches: in runs of
1, 2, 4, 8 and 16 chips SFace takes 1.07, 1, 1.01, 1.10 and 1.17 times as long for each, retail-0095
1, 1, 1, 1.05 and 1.16, dlib's 1.13, 1, 0.91, 0.86 and 0.86 (one core with AVX-512), and each chip
of SFace needs 10 MB."""

WHOLE = "Save it as one file, with its weights inside"
_LONGEST_CAUSE = 160
"""Characters of an exception's text in one of our messages."""


def disable_telemetry() -> None:
    """Disable ONNX Runtime's telemetry; call before opening a network.

    ``import clusterer`` has disabled it already, unless onnxruntime was imported before: then one
    report about the machine may have been sent, and this prevents further ones.
    """
    onnxruntime.disable_telemetry_events()


class Session:
    """A network that is open on a device; where that fails, the CPU takes over for good.

    Parameters
    ----------
    opened : opens it on a device; a `ModelError` of the CPU is final
    device : to begin with

    Attributes
    ----------
    device : that it runs on now
    trouble : a sentence on why that is the CPU although another was asked for; otherwise empty
    """

    def __init__(
        self, opened: Callable[[Device], onnxruntime.InferenceSession], device: Device
    ) -> None:
        self.device = device
        self.trouble = ""
        self._turn = Lock()  # DirectML runs a session in one thread at a time
        self._opened: Callable[[Device], onnxruntime.InferenceSession] | None = None
        try:
            self._session = opened(device)
        except Exception as error:
            if device == CPU:
                raise
            self._continue(opened(CPU), "does not start", _in_words(error))
        if self.device != CPU:
            self._opened = opened  # for later

    def run(
        self, outputs: Sequence[str] | None, inputs: Mapping[str, npt.NDArray[Any]], *options: Any
    ) -> list[npt.NDArray[Any]]:
        """As `onnxruntime.InferenceSession.run`; tried again on the CPU if a device fails.

        A device also fails if its numbers are not finite where the CPU's are.
        """
        if self._opened is not None:
            with self._turn:
                if self._opened is not None:  # not even after another thread's turn
                    return self._attempt(self._opened, outputs, inputs, *options)
        return list(self._session.run(outputs, inputs, *options))

    def _attempt(
        self,
        opened: Callable[[Device], onnxruntime.InferenceSession],
        outputs: Sequence[str] | None,
        inputs: Mapping[str, npt.NDArray[Any]],
        *options: Any,
    ) -> list[npt.NDArray[Any]]:
        """Run on the device, or else on the CPU."""
        found, cause = None, "its numbers are not finite"
        try:
            found = list(self._session.run(outputs, inputs, *options))
            if _are_finite(found):
                return found
        except Exception as error:  # ONNX Runtime's exceptions have no public base
            cause = _in_words(error)
        session = opened(CPU)
        results = list(session.run(outputs, inputs, *options))  # else the inputs are at fault
        if found is None or _are_finite(results):
            self._continue(session, "fails", cause)
        return results

    def batches(
        self, rows: npt.NDArray[Any], size: int
    ) -> Iterator[tuple[slice, npt.NDArray[Any]]]:
        """Divide the inputs of an encoder into batches that suit the device.

        Parameters
        ----------
        rows : array of shape (n, ...)
        size : rows per batch on the CPU; 1 = the network takes no more, on any device

        Yields
        ------
        rows : which these are
        batch : array of shape (b, ...); on some devices zeros follow the rows
        """
        most = 1 if size == 1 else self.device.chips or size
        for start in range(0, len(rows), most):
            chosen = slice(start, min(start + most, len(rows)))
            yield chosen, self.padded(rows[chosen], most)

    def padded(self, rows: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
        """The rows, and zeros up to `size` of them if the device wants batches of one shape."""
        if not self.device.padded or len(rows) == size:
            return rows
        return np.concatenate([rows, np.zeros((size - len(rows), *rows.shape[1:]), rows.dtype)])

    def get_inputs(self) -> list[Any]:
        """As `onnxruntime.InferenceSession.get_inputs`."""
        return list(self._session.get_inputs())

    def get_outputs(self) -> list[Any]:
        """As `onnxruntime.InferenceSession.get_outputs`."""
        return list(self._session.get_outputs())

    def _continue(self, session: onnxruntime.InferenceSession, what: str, cause: str) -> None:
        """Go on with a session on the CPU."""
        self.trouble = f"the device {self.device.name} {what} ({cause}); the CPU is used instead"
        self._session, self.device, self._opened = session, CPU, None


def _in_words(error: Exception) -> str:
    """First line of an exception's text."""
    text = str(error).strip() or type(error).__name__
    return brief(text.splitlines()[0], _LONGEST_CAUSE).rstrip(".")


def _are_finite(arrays: Sequence[npt.NDArray[Any]]) -> bool:
    return all(bool(np.isfinite(each).all()) for each in arrays)


def open_session(  # noqa: PLR0913 (a network, and where it runs)
    model: bytes,
    threads: int,
    origin: str,
    remedy: str,
    device: str = CPU.name,
    *,
    device_threads: int | None = None,
) -> Session:
    """Open a network.

    Once a device other than the CPU was asked for, ONNX Runtime logs nothing more in this process:
    what fails is in `Session.trouble`.

    Parameters
    ----------
    model : content of the file, ONNX
    threads : number of CPU threads per call, 1 or more
    origin : its name for the user, such as its path
    remedy : advice to the user if it is damaged
    device : name in `clusterer.models.devices.DEVICES`
    device_threads : number of CPU threads that the device itself may use; None = `threads`

    Raises
    ------
    ModelError
        It is not a network, is damaged, or refers to another file.
    """
    disable_telemetry()
    try:
        external = external_part(model)
    except ValueError as error:
        raise _damaged(origin, remedy) from error
    if external:
        raise ModelError(f"{origin} is incomplete: it takes {external} from another file", WHOLE)

    def opened(on: Device) -> onnxruntime.InferenceSession:
        if on != CPU:
            return _accelerated(model, device_threads or threads, on)
        try:
            return _on_cpu(model, threads)
        except Exception as error:  # ONNX Runtime's exceptions have no public base
            raise _damaged(origin, remedy) from error

    return Session(opened, DEVICES[device])


def _on_cpu(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = _options(threads)
    memory.economise(options)
    session = onnxruntime.InferenceSession(model, options, providers=[CPU.provider])
    memory.release(session)
    return session


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails is raised, and reported once
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait for work sleep: other threads decode and detect meanwhile. SFace on two
    # takes 0.55 of the CPU time, and where the cores are busy half the time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # ONNX Runtime's own format, ORT, may also refer to other files.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return options


def _accelerated(model: bytes, threads: int, device: Device) -> onnxruntime.InferenceSession:
    """Open a network on another device than the CPU; raises whatever ONNX Runtime does."""
    if device.provider not in onnxruntime.get_available_providers():
        raise RuntimeError(f"ONNX Runtime has no {device.provider}")
    onnxruntime.set_default_logger_severity(4)
    if device.name == "cuda" and hasattr(onnxruntime, "preload_dlls"):
        with redirect_stdout(io.StringIO()):  # it prints what it lacks
            onnxruntime.preload_dlls()  # CUDA and cuDNN from Python packages, if they are there
    options = _options(1)  # the provider has the threads; on ONNX Runtime's runs what it leaves
    options.enable_mem_pattern = False  # as DirectML demands
    session = onnxruntime.InferenceSession(
        model,
        options,
        providers=[device.provider, CPU.provider],
        provider_options=[device.options_for(threads), {}],
        enable_fallback=False,  # ONNX Runtime's own prints
    )
    if device.provider not in session.get_providers():
        raise RuntimeError(f"ONNX Runtime cannot load {device.provider}")
    return session


def _damaged(origin: str, remedy: str) -> ModelError:
    return ModelError(f"{origin} is damaged, or not a network in ONNX", remedy)
