"""Shared by all rooms: types, settings, errors, geometry, distances, time, files."""
