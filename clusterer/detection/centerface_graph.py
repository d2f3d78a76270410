"""CenterFace's network as its file holds it, made ready for ONNX Runtime."""

from __future__ import annotations

import onnx

INPUT = "input.1"
OUTPUTS = ["537", "538", "539", "540"]
"""Heat map, log sides, offsets, landmarks."""


def opened(content: bytes) -> bytes:
    """Take the weights out of the inputs and the fixed size out of the shapes.

    ONNX Runtime takes a weight that is listed as an input for a variable and folds nothing into it:
    twice as slow.

    Parameters
    ----------
    content
        The ONNX file.

    Returns
    -------
    ONNX, serialised, for any number of pictures of any size (multiples of 32 px).

    Raises
    ------
    ValueError
        It is no ONNX file, or not CenterFace.
    """
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's exceptions differ between its versions
        raise ValueError(f"not an ONNX file: {error}") from error
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    if [value.name for value in inputs] != [INPUT] or [o.name for o in graph.output] != OUTPUTS:
        raise ValueError("unexpected inputs or outputs")
    del graph.input[:]
    graph.input.extend(inputs)
    for value in [*graph.input, *graph.output]:
        dimensions = value.type.tensor_type.shape.dim
        for axis, name in ((0, "n"), (2, f"height of {value.name}"), (3, f"width of {value.name}")):
            dimensions[axis].dim_param = name
    result: bytes = model.SerializeToString()
    return result
