"""Grouping faces into people."""
