"""Runs the stages in order; the only room that combines them."""
