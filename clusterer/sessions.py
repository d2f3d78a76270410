"""Networks in ONNX Runtime, opened one way: on the processor, with a budget of threads."""

from __future__ import annotations

import onnxruntime

from clusterer.errors import ModelError
from clusterer.self_contained import outside

WHOLE = "Save it as one file, with its weights inside"


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
    try:
        elsewhere = outside(model)
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
