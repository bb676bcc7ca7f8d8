"""Checkpoint files: downloaded, read safely, written, published; loaded into a model."""
