"""Heavy parts of libraries come when somebody asks for them, and are then what they always were."""

import subprocess
import sys

import pytest

HEAVY = ('sympy', 'torch.distributed.fsdp', 'torch._dynamo.eval_frame', 'setuptools')
START = f"""
import sys
from mmchan.process.deferring import defer
def heavy():
    return [name for name in {HEAVY!r} if name in sys.modules]
"""
TORCH = """
defer()
import torch, torchvision
from torch.fx.experimental.symbolic_shapes import expect_true, sym_or
layer = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
layer(torch.ones(1, 2)).sum().backward()
optimizer.step()
optimizer.zero_grad()
before = layer.weight.sum().item()
regions = torch.tensor([[0, 0, 0, 2, 2.0]])
assert torchvision.ops.roi_align(torch.ones(1, 1, 4, 4), regions, 2).sum() == 4
assert expect_true(True) and sym_or(False, True)
assert not heavy(), heavy()

assert torch.compile(lambda x: x * 2 + 1, backend='eager', fullgraph=True)(torch.ones(1)) == 3
import torch._dynamo.eval_frame
assert sys.modules['torch._dynamo'] is torch._dynamo and torch._dynamo.utils.counters is not None
optimizer.step()
assert layer.weight.sum().item() == before
assert torchvision.ops.roi_align.__globals__['is_compile_supported']('cpu')
from torch.fx.experimental.symbolic_shapes import ShapeEnv
assert sys.modules[ShapeEnv.__module__].ShapeEnv is ShapeEnv
"""
MMENGINE = """
defer()
import torch, mmengine.runner
from mmengine.model import MMFullyShardedDataParallel as Sharded, is_model_wrapper
from mmengine.registry import OPTIMIZERS, RUNNERS
from mmengine.utils.dl_utils import collect_env
assert not is_model_wrapper(torch.nn.Linear(1, 1)) and not isinstance(1, Sharded)
assert collect_env()['GCC'] and 'FlexibleRunner' in RUNNERS.module_dict
assert not heavy(), heavy()

found = RUNNERS.get('FlexibleRunner')
assert isinstance(found, type) and found.from_cfg == mmengine.runner.FlexibleRunner.from_cfg
assert OPTIMIZERS.get('ZeroRedundancyOptimizer').__mro__[1].__module__.startswith('torch.distributed')
class Mine(Sharded):
    pass
assert Mine.__mro__[1].__name__ == 'MMFullyShardedDataParallel' and issubclass(Mine, Sharded)
assert isinstance(Mine.__new__(Mine), Sharded)
from distutils.errors import DistutilsError
assert sys.modules['distutils'].errors.DistutilsError is DistutilsError
"""
WITHOUT_US = """
import mmengine.runner, torch._dynamo
assert len(heavy()) > 1, heavy()
"""
AFTERWARDS = """
compiler = torch._dynamo
defer()
import torch._dynamo.testing
assert torch._dynamo is compiler and sys.modules['torch._dynamo'].testing
"""


def run(program):
    subprocess.run([sys.executable, '-W', 'ignore', '-c', START + program], check=True)


@pytest.mark.slow
@pytest.mark.parametrize('uses', [TORCH, MMENGINE], ids=['torch', 'mmengine'])
def test_deferred_parts_come_when_they_are_used_and_work(uses):
    run(uses)


@pytest.mark.slow
def test_libraries_import_these_without_us_and_keep_them():
    run(WITHOUT_US + AFTERWARDS)
