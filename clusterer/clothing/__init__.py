"""Clothing: where the torso is, its colours, and its embedding."""
