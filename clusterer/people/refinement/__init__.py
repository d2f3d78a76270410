"""The second stage: clothing splits people, merges them and identifies unknown tracks."""
