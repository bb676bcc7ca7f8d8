"""Stand-in until the real one is merged."""


def check_meaning(cfg, loaders, *, processes=1):
    """Find nothing."""
    return iter(())
