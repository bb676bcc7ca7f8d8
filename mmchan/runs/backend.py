"""MMEngine's storage of files in folders, with writes that are whole or not there.

    default_hooks = dict(checkpoint=dict(type='CheckpointHook', backend_args=dict(backend='mmchan.atomic')))
    custom_imports = dict(imports=['mmchan.runs.backend'])

The second line is for Runners that know nothing of mmchan.
"""

from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from mmchan.files import write_durably

ATOMIC = 'mmchan.atomic'


class AtomicBackend(LocalBackend):
    """MMEngine's LocalBackend; what it puts is written beside its place, to the disk, and moved there."""

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write bytes; missing folders are made."""
        write_durably(Path(filepath), obj)

    def put_text(self, obj: str, filepath: str | Path, encoding: str = 'utf-8') -> None:
        """Write text; missing folders are made."""
        write_durably(Path(filepath), obj.encode(encoding))


register_backend(ATOMIC, AtomicBackend, force=True)
