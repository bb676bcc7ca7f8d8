"""The configs of docs/libraries.md build in their libraries, predict, and learn from one step."""

import importlib
import math
import re
from pathlib import Path

import pytest
import torch
import torchvision
from mmengine.config import Config
from mmengine.optim import OptimWrapper

from mmchan.models.backbone import PlanBackbone
from tests.batches import classification_batch, detection_batch, segmentation_batch
from tests.models.networks import randomise

PAGE = (Path(__file__).parents[1] / 'docs/libraries.md').read_text()
CONFIGS = re.findall(r'```python\n(.*?)```', PAGE, re.DOTALL)
LIBRARIES = [re.search(r"'(\w+)::", code).group(1) for code in CONFIGS]
BATCHES = {'mmpretrain': classification_batch, 'mmdet': detection_batch, 'mmseg': segmentation_batch}


def model_of(code: str, library: str, folder: Path) -> torch.nn.Module:
    """The model of a config, built as the library's own tools build it."""
    (folder / 'config.py').write_text(code)
    cfg = Config.fromfile(folder / 'config.py')
    importlib.import_module(f'{library}.utils').register_all_modules(init_default_scope=True)
    if 'data_preprocessor' in cfg:  # as the Runner does
        cfg.model.setdefault('data_preprocessor', cfg.data_preprocessor)
    if library == 'mmseg':
        cfg.model.data_preprocessor.size = (64, 64)
    return importlib.import_module(f'{library}.registry').MODELS.build(cfg.model)


def test_every_library_has_both_networks():
    assert sorted(LIBRARIES) == sorted([*BATCHES] * 2)
    kinds = [re.search(r"type='mmchan\.(\w+)'", code).group(1) for code in CONFIGS]
    assert {*zip(LIBRARIES, kinds, strict=True)} == {
        (library, kind) for library in BATCHES for kind in ('RegNet', 'ReXNet')
    }


@pytest.mark.slow
@pytest.mark.parametrize(('code', 'library'), list(zip(CONFIGS, LIBRARIES, strict=True)))
def test_config_builds_predicts_and_learns(code, library, tmp_path):
    torch.manual_seed(0)
    model = randomise(model_of(code, library, tmp_path))
    assert isinstance(model.backbone, PlanBackbone)
    with torch.no_grad():
        predicted = model.test_step(BATCHES[library]())
    assert len(predicted) == len(BATCHES[library]()['inputs'])

    model.train()
    last = [weight for weight in model.backbone.parameters() if weight.requires_grad][-1]
    before = last.clone()
    optimizer = OptimWrapper(torch.optim.SGD(model.parameters(), lr=1e-4))
    losses = model.train_step(BATCHES[library](), optimizer)
    assert losses
    assert all(math.isfinite(value) for value in losses.values())
    assert not torch.equal(last, before)


def test_torchvisions_address_is_its_own():
    address = torchvision.models.RegNet_Y_400MF_Weights.IMAGENET1K_V1.url
    assert PAGE.count(f"'{address}'") == 2
