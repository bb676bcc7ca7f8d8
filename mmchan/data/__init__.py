"""Data: embedded data sets that need no download, and transforms of our own."""
