"""Convert dlib's networks (``.dat`` files) to ONNX, so that they run without dlib."""
