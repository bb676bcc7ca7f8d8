"""Shapes of large networks are worked out on the meta device."""

import pytest


@pytest.fixture(autouse=True)
def quick(quick_meta):
    """No time for batch norm there."""
