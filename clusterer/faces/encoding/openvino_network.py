"""Run a network in OpenVINO's format, as described by its card, in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence

from clusterer.faces.encoding.onnx_network import OnnxNetwork
from clusterer.models import cache
from clusterer.models.bundled import Loaded

CONVERTED = "1dc3d9144879d0df9b1ab83be5e9b81ab5d934f15461143e692e53ccf850849f"
"""sha256 of face-reidentification-retail-0095 as `clusterer.models.openvino_ir.convert` writes it.
Guards against foreign files in the cache."""


class OpenVinoNetwork(OnnxNetwork):
    """The encoder called ``retail-0095``; see `clusterer.faces.encoding.onnx_network.OnnxNetwork`.

    Its files are the network's ``.xml`` and ``.bin``.
    """

    def _read(self, loaded: Sequence[Loaded]) -> bytes:
        xml, weights = (each.content for each in loaded)
        name = f"{self.name}-{CONVERTED[:16]}.onnx"
        return cache.cached(name, CONVERTED, lambda: _converted(xml, weights))


def _converted(xml: bytes, weights: bytes) -> bytes:
    from clusterer.models.openvino_ir import (  # noqa: PLC0415 (loads onnx: a third of a second)
        convert,
    )

    return convert.convert(xml, weights)
