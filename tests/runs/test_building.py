"""What MMEngine raises while it builds a Runner names the part of the config."""

import pytest
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.runs.launch import build_runner


@pytest.mark.parametrize(
    ('part', 'value', 'said'),
    [
        ('visualizer', {'name': 'v'}, 'visualizer: cannot be built: KeyError'),
        ('randomness', {'sede': 1}, 'randomness: cannot be built: TypeError'),
        ('log_level', 'LOUD', 'log_level: cannot be built: KeyError'),
        ('model', {'type': 'Nothing'}, "model: cannot be built: KeyError: 'Nothing is not in"),
        ('env_cfg', {'mp_cfg': {'fork': 1}}, 'env_cfg: cannot be built: TypeError'),
    ],
)
def test_part_that_cannot_be_built_is_named(tmp_path, part, value, said):
    cfg = Config({'model': {'type': 'ToyModel'}, 'work_dir': str(tmp_path), part: value})
    with pytest.raises(InputError, match=said):
        build_runner(cfg)
