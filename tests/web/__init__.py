"""What holds for every door."""
