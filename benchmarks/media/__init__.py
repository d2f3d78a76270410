"""Reading films."""
