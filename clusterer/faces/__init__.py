"""Faces: detection, tracking, alignment and encoding."""
