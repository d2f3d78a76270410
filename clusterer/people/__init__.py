"""Grouping tracks into people: constraints, evidence, clustering, corrections. Arrays only."""
