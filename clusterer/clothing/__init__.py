"""Clothing: the torso below a face, its colours, and its embedding."""
