"""Detectors, encoders and the quality of faces."""
