"""Stand-in until the real one is merged."""


def check_keys(cfg, sources=None):
    """Find nothing."""
    return iter(())
