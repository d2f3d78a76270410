"""Faces within frames: found, followed, cut out and encoded."""
