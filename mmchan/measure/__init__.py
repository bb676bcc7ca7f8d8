"""The cost of any config's model."""
