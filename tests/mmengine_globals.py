"""MMEngine's current logger, scope, hub and visualizer are global."""

import sys
from collections.abc import Iterator


def forget() -> None:
    """Leave none of them to whatever runs next in this process."""
    if 'mmengine.logging' not in sys.modules:
        return
    from mmengine.logging import MMLogger
    from mmengine.utils import ManagerMixin

    for logger in MMLogger._instance_dict.values():
        for handler in logger.handlers:
            handler.close()
    for kind in _kinds_of(ManagerMixin):
        kind._instance_dict.clear()


def _kinds_of(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
