"""Networks in ONNX Runtime, opened one way: on the processor, with a budget of threads, offline."""

from __future__ import annotations

import onnxruntime

from clusterer.core.errors import ModelError
from clusterer.models.self_contained import external_part

WHOLE = "Save it as one file, with its weights inside"


def disable_telemetry() -> None:
    """Tell ONNX Runtime to report nothing to its maker; to be called before a network is opened.

    ``import clusterer`` has switched that off already, unless onnxruntime was imported before it:
    then one report on the machine is on its way, and this keeps further ones back.
    """
    onnxruntime.disable_telemetry_events()


def open_session(
    model: bytes, threads: int, origin: str, remedy: str
) -> onnxruntime.InferenceSession:
    """Open a network.

    Parameters
    ----------
    model : content of the file, ONNX
    threads : how many of the processor's threads one call may use, 1 or more
    origin : what the user calls it, such as its path
    remedy : what to do where it is damaged

    Raises
    ------
    ModelError
        It is no network, or damaged, or would have another file opened.
    """
    disable_telemetry()
    try:
        elsewhere = external_part(model)
    except ValueError as error:
        raise _damaged(origin, remedy) from error
    if elsewhere:
        raise ModelError(f"{origin} is not whole: it wants {elsewhere} from another file", WHOLE)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # no warnings: a user can do nothing about them
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # What ONNX Runtime has of its own, ORT, is another format, and may name files too.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # those of ONNX Runtime have no public base
        raise _damaged(origin, remedy) from error


def _damaged(origin: str, remedy: str) -> ModelError:
    return ModelError(f"{origin} is damaged, or no network in ONNX", remedy)
