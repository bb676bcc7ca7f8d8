"""Detectors in 8 bits: not yet."""

from pathlib import Path
from typing import NoReturn

from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes import Session
from mmchan.errors import InputError

_REASON = (
    'detectors cannot be quantised yet: places and sizes of boxes need more than 8 bits, so that only the '
    'backbone and the neck could be, and the recipes take whole networks; leave out --int8'
)


def load_inputs(folder: Path, metadata: Metadata, *, number: int, seed: int) -> NoReturn:
    """Raise InputError: there is nothing to calibrate."""
    raise InputError(_REASON)


def judge_of(before: Session, inputs: object, labelled: Path | None, *, number: int, seed: int) -> NoReturn:
    """Raise InputError, as :func:`load_inputs`."""
    raise InputError(_REASON)
