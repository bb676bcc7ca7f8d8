"""What is wrong before anything runs: config, data, annotations, colours, environment."""
