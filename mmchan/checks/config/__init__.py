"""What is wrong in a config: keys, arguments, values, and what they mean together. Nothing is run."""
