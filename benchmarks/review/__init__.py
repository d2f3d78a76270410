"""A simulated reviewer."""
