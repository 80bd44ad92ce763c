"""Our own copies of files and pictures, because Meta's addresses expire."""
