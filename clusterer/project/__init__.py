"""Many films with one cast: a project on disk, and who is the same in different films."""
