"""Small networks in OpenVINO's format."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

MODELS = Path(__file__).parents[4] / "shared" / "models"
RETAIL = "face-reidentification-retail-0095"


class Net:
    """Collects layers; each method returns the id of its layer."""

    def __init__(self, version: str = "11") -> None:
        self.version = version
        self.layers: list[str] = []
        self.edges: list[str] = []
        self.weights = b""

    def layer(self, kind: str, *inputs: str, outputs: int = 1, **data: object) -> str:
        id_ = str(len(self.layers))
        attributes = " ".join(f"{key}={quoteattr(str(value))}" for key, value in data.items())
        ports = "<output>" + '<port id="9"/>' * outputs + "</output>"
        self.layers.append(
            f'<layer id="{id_}" name="n" type="{kind}"><data {attributes}/>{ports}</layer>'
        )
        self.edges += [
            f'<edge from-layer="{source}" from-port="9" to-layer="{id_}" to-port="{port}"/>'
            for port, source in enumerate(inputs)
        ]
        return id_

    def picture(self, *shape: int) -> str:
        return self.layer("Parameter", shape=",".join(map(str, (1, *shape))), element_type="f32")

    def constant(self, values: object, kind: str = "f32") -> str:
        array = np.array(values, {"f16": "<f2", "f32": "<f4"}[kind])
        offset, self.weights = len(self.weights), self.weights + array.tobytes()
        shape = ", ".join(map(str, array.shape))
        return self.layer("Const", element_type=kind, shape=shape, offset=offset, size=array.nbytes)

    def convolution(self, source: str, weights: object, kind: str = "Convolution", **data) -> str:
        given = {"strides": "1, 1", "dilations": "1, 1", "pads_begin": "0, 0", "pads_end": "0, 0"}
        return self.layer(kind, source, self.constant(weights), **given | data)

    def average(self, source: str, **data: object) -> str:
        given = {"strides": "1, 1", "pads_begin": "0, 0", "pads_end": "0, 0"}
        return self.layer("AvgPool", source, **given | data)

    @property
    def xml(self) -> bytes:
        layers, edges = "".join(self.layers), "".join(self.edges)
        return (
            f'<?xml version="1.0"?><net name="n" version="{self.version}">'
            f"<layers>{layers}</layers><edges>{edges}</edges></net>"
        ).encode()
