"""State dicts of other projects to ours and back."""
