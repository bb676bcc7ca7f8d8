"""What a model costs by counting, and what it takes by the clock on the machine at hand."""
