"""Runs dlib's networks without dlib: reads its ``.dat`` files and writes ONNX."""
