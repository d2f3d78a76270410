"""Open networks in ONNX Runtime: on the CPU, with a thread budget, without telemetry."""

from __future__ import annotations

import onnxruntime

from clusterer.core.errors import ModelError
from clusterer.models import memory
from clusterer.models.self_contained import external_part

CPU_BATCH = 2
"""Pictures per run of an encoder on the CPU. Those of more leave the processor's caches: in runs of
1, 2, 4, 8 and 16 chips SFace takes 1.07, 1, 1.01, 1.10 and 1.17 times as long for each, retail-0095
1, 1, 1, 1.05 and 1.16, dlib's 1.13, 1, 0.91, 0.86 and 0.86 (one core with AVX-512), and each chip
of SFace needs 10 MB."""

WHOLE = "Save it as one file, with its weights inside"


def disable_telemetry() -> None:
    """Disable ONNX Runtime's telemetry; call before opening a network.

    ``import clusterer`` has disabled it already, unless onnxruntime was imported before: then one
    report about the machine may have been sent, and this prevents further ones.
    """
    onnxruntime.disable_telemetry_events()


def open_session(
    model: bytes, threads: int, origin: str, remedy: str
) -> onnxruntime.InferenceSession:
    """Open a network.

    Parameters
    ----------
    model : content of the file, ONNX
    threads : number of CPU threads per call, 1 or more
    origin : its name for the user, such as its path
    remedy : advice to the user if it is damaged

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
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails is raised, and reported once
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait for work sleep: other threads decode and detect meanwhile. SFace on two
    # takes 0.55 of the CPU time, and where the cores are busy half the time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # ONNX Runtime's own format, ORT, may also refer to other files.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    memory.economise(options)
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no public base
        raise _damaged(origin, remedy) from error
    memory.release(session)
    return session


def _damaged(origin: str, remedy: str) -> ModelError:
    return ModelError(f"{origin} is damaged, or not a network in ONNX", remedy)
