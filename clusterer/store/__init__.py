"""A result on disk: its folder, its files, and how they are read back."""
