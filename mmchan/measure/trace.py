"""The cost of a config's model by MMEngine's analyzers, which compute it."""

import torch
from mmengine.analysis import ActivationAnalyzer, FlopAnalyzer
from mmengine.config import Config

from mmchan.channels import Cost
from mmchan.measure.model import build, costs_of, fix_proposals, give_samples


def count_trace(cfg: Config, size: tuple[int, int]) -> dict[str, Cost]:
    """The cost of every module of a config's model by MMEngine's analyzers; '' names the whole.

    They compute the model twice, on the CPU: half a minute for a large detector.
    """
    model = build(cfg)
    give_samples(model, size)
    fix_proposals(model, size)
    counters = [
        analyzer(model, (torch.zeros(1, 3, *size),)) for analyzer in (FlopAnalyzer, ActivationAnalyzer)
    ]
    for counter in counters:
        counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False).tracer_warnings('none')
    with torch.no_grad():
        macs, activations = (counter.by_module() for counter in counters)
    return costs_of(model, macs, activations)
