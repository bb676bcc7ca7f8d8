"""Stand-in until the real one is merged."""


class Sources:
    """Knows no place."""

    names_read = frozenset()

    @classmethod
    def of(cls, path, cfg_options=None):
        """Nothing is read."""
        return cls()

    def place(self, key):
        """No place."""
        return ''
