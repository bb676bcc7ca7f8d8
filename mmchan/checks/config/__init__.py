"""What is wrong in a config, found before anything runs."""
