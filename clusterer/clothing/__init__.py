"""What people wear: where the torso is, how its colours are described, what follows from it."""
