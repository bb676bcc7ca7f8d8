"""Stand-in until the real one is merged."""


def check_trial(cfg, loaders):
    """Find nothing."""
    return iter(())
