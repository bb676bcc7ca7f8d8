"""Which line of which file set a key of a config: the files are read, never run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mmchan.checks.config.lines import Node, nearest, replaced, split_key
from mmchan.checks.config.reading import Reader, tree_of

OPTION = '--cfg-options'


@dataclass(frozen=True)
class Sources:
    """The places that set the keys of a config.

    Attributes:
        names_read: Top-level names that some line of the files reads.
        options: The dotted keys that ``--cfg-options`` set.
    """

    names_read: frozenset[str]
    options: frozenset[str]
    _tree: Node

    @classmethod
    def of(cls, path: str | Path, cfg_options: Mapping | None = None) -> 'Sources':
        """Read a config file and all its bases.

        Args:
            path: The config file. One that cannot be read knows no places.
            cfg_options: What ``--cfg-options`` set afterwards: dotted key -> value.
        """
        reader = Reader()
        tree = reader.read(Path(path).expanduser().absolute())
        for key, value in (cfg_options or {}).items():
            parts = [f'[{part}]' if part.lstrip('-').isdigit() else part for part in key.split('.')]
            tree = replaced(tree, parts, tree_of(value, f'{OPTION} {key}'), merge=True)
        return cls(frozenset(reader.names_read), frozenset(cfg_options or {}), tree)

    def place(self, key: str) -> str:
        """The line that set a dotted key last, such as 'model.neck.in_channels' or 'train_pipeline[3].prob'.

        Returns:
            'configs/x.py:12', the path relative to the working directory where it is below it;
            '--cfg-options KEY' for what was set there; that of the nearest parent where the key's own line
            cannot be told; '' where nothing is known.
        """
        path = split_key(key)
        if not path or path[0] not in self._tree.parts:
            return ''
        return nearest(self._tree, path).place
