"""Key layouts as the projects' own modules number them, written down apart from the tables under test."""

from collections.abc import Iterator, Mapping

import torch

from mmchan.channels import NetPlan


def official_rexnet(plan: NetPlan) -> Iterator[str]:
    """clovaai's rexnetv1.py: 16 blocks, no expansion in the first, SE from the fourth on."""
    yield from ('features.0', 'features.1')
    for block in range(16):
        if block == 0:
            inside = ('0', '1', '3', '4')
        elif block < 3:
            inside = ('0', '1', '3', '4', '6', '7')
        else:
            inside = ('0', '1', '3', '4', '5.fc.0', '5.fc.1', '5.fc.3', '7', '8')
        yield from (f'features.{3 + block}.out.{name}' for name in inside)
    yield from ('features.19', 'features.20', 'output.1')


def official_rexnet_lite(plan: NetPlan) -> Iterator[str]:
    """clovaai's rexnetv1_lite.py: as above without SE, and a head with a hidden layer."""
    yield from ('features.0', 'features.1')
    for block in range(16):
        inside = ('0', '1', '3', '4', '6', '7') if block else ('0', '1', '3', '4')
        yield from (f'features.{3 + block}.out.{name}' for name in inside)
    yield from ('features.19', 'features.20', 'output.0', 'output.1', 'output.4')


def pycls_regnet(plan: NetPlan) -> Iterator[str]:
    """pycls' models/anynet.py and regnet.py."""
    yield from ('stem.conv', 'stem.bn')
    for stage, depth in enumerate(plan.stage_depths, start=1):
        for block in range(1, depth + 1):
            squeeze = ('f.se.f_ex.0', 'f.se.f_ex.2') if plan.blocks[0].squeeze else ()
            projection = ('proj', 'bn') if block == 1 else ()
            inside = ('f.a', 'f.a_bn', 'f.b', 'f.b_bn', *squeeze, 'f.c', 'f.c_bn', *projection)
            yield from (f's{stage}.b{block}.{name}' for name in inside)
    yield 'head.fc'


DOCUMENTED = {
    ('rexnet', 'official'): official_rexnet,
    ('rexnet_lite', 'official'): official_rexnet_lite,
    ('regnet', 'pycls'): pycls_regnet,
}


def renamed(state_dict: Mapping[str, torch.Tensor], plan: NetPlan, layout: str) -> dict[str, torch.Tensor]:
    """A state dict in forward order under the documented keys; official heads are 1x1 convolutions."""
    modules = list(dict.fromkeys(key.rpartition('.')[0] for key in state_dict))
    names = dict(zip(modules, DOCUMENTED[plan.family, layout](plan), strict=True))
    result = {}
    for key, tensor in state_dict.items():
        module, _, leaf = key.rpartition('.')
        name = names[module]
        in_head = name.startswith('output') and tensor.ndim == 2
        result[f'{name}.{leaf}'] = tensor[:, :, None, None] if in_head else tensor
    return result
