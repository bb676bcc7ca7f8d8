"""State dicts of other projects to ours and back: naming, recognising, converting, flipping colours.

Knows plans and tensors, no modules.
"""
