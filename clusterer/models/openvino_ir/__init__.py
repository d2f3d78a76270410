"""Convert networks in OpenVINO's IR (an ``.xml`` and a ``.bin`` file) to ONNX."""
