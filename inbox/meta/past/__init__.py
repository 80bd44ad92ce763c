"""A Page's past: threads and messages read in slices, under Meta's law."""
