"""What a worker needs to train one network: plain data, which JSON and pickle carry anywhere."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from mmchan.errors import require, require_integer, require_known

PATHS = ('auto', 'fast', 'ordinary')


@dataclass(frozen=True, kw_only=True)
class Task:
    """One training of one network.

    Attributes:
        trial: Name of the trial.
        arch: The network, as ``mmchan.Backbone`` takes it: a mapping with its ``family``.
        seed: Of weights, order and augmentation, in [0, 2^32).
        epochs: Epochs of the training, >= 1; the schedule of the config is stretched to them.
        config: The base training config, resolved, as plain data; the network is put into it.
        objective: Name of the metric that the validation gives, such as 'accuracy/top1' or 'coco/bbox_mAP'.
        higher_is_better: Whether networks with more of it are better.
        path: 'fast' trains with images in memory, 'ordinary' as tools/train.py does; 'auto' takes the fast
            one where the config allows it.
        folder: Work directory of an ordinary trial.
        test: Whether to test once, at the end, on the data of ``test_dataloader``.

    Raises:
        InputError: For a value outside its range.
    """

    trial: str
    arch: Mapping[str, object]
    seed: int
    epochs: int
    config: Mapping[str, object]
    objective: str = 'accuracy/top1'
    higher_is_better: bool = True
    path: str = 'auto'
    folder: str = ''
    test: bool = False

    def __post_init__(self) -> None:
        require_known(self.path, PATHS, 'path')
        require_integer(self.epochs, 'epochs')
        require_integer(self.seed, 'seed', least=0)
        require(self.seed < 1 << 32, 'seed', '< 2^32, as NumPy takes it', self.seed)
        require(isinstance(self.arch, Mapping), 'arch', 'a mapping with its family', self.arch)

    @property
    def loaders(self) -> tuple[str, ...]:
        """Names of the data loaders that it uses."""
        return ('train_dataloader', 'val_dataloader', *['test_dataloader'] * self.test)

    def to_json(self) -> str:
        """The task in one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> 'Task':
        """The task that :meth:`to_json` wrote."""
        return cls(**json.loads(text))
