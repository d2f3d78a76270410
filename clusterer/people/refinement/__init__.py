"""The second stage: clothing splits, joins and brings home what faces leave uncertain."""
