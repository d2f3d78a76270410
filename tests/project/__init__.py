"""Tests of clusterer.project."""
