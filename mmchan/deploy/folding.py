"""BatchNorm folded into the convolution or the linear layer in front of it."""

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from mmchan.deploy.metadata import Metadata

Weighted = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def fold(
    module: nn.Module, metadata: Metadata | None = None, example: torch.Tensor | None = None
) -> nn.Module:
    """A copy of a network, in eval mode, without the normalisation that a layer can take over.

    Which layer stands in front of which normalisation is seen in one forward pass, so that any network's
    are found, also those of squeeze-excitation and of heads. Where a layer is called more often than its
    normalisation, or the other way round, both stay.

    Args:
        module: Is left as it is.
        metadata: Says the size of the inputs.
        example: An input; None makes one from the metadata.
    """
    folded = copy.deepcopy(module).eval()
    if example is None:
        example = example_input(metadata or Metadata())
    for owner, layer in find_pairs(folded, example):
        _merge(folded, owner, layer)
    return folded


def example_input(metadata: Metadata, batch: int = 2) -> torch.Tensor:
    """An input of a network, random from a seed of its own."""
    generator = torch.Generator().manual_seed(0)
    height, width = metadata.size
    if metadata.preprocessing:
        return torch.randint(0, 256, (batch, height, width, 3), generator=generator, dtype=torch.uint8)
    return torch.randn(batch, 3, height, width, generator=generator)


def find_pairs(module: nn.Module, example: torch.Tensor) -> list[tuple[str, str]]:
    """Names of normalisations, each with the name of the layer whose output it alone gets, always."""
    made: dict[int, str] = {}
    kept: list[torch.Tensor] = []  # no identity is given twice while its tensor lives
    sources: dict[str, list[str | None]] = defaultdict(list)
    calls: dict[str, int] = defaultdict(int)

    def entered(name: str, _: nn.Module, inputs: tuple) -> None:
        for tensor in inputs:
            if isinstance(tensor, torch.Tensor):
                sources[name].append(made.get(id(tensor)))

    def left(name: str, _: nn.Module, __: tuple, output: torch.Tensor) -> None:
        calls[name] += 1
        made[id(output)] = name
        kept.append(output)

    with ExitStack() as hooks, torch.no_grad():
        for name, one in module.named_modules():
            if isinstance(one, _BatchNorm):
                hooks.enter_context(_hooked(one.register_forward_pre_hook(_named(entered, name))))
            if isinstance(one, Weighted):
                hooks.enter_context(_hooked(one.register_forward_hook(_named(left, name))))
        module(example)
    return [
        (name, found[0])
        for name, found in sources.items()
        if len(set(found)) == 1 and found[0] is not None and calls[found[0]] == len(found)
    ]


def _named(function, name: str):
    return lambda *arguments: function(name, *arguments)


@contextmanager
def _hooked(handle: torch.utils.hooks.RemovableHandle) -> Iterator[None]:
    with handle:
        yield


def _merge(module: nn.Module, norm_name: str, layer_name: str) -> None:
    """Put a normalisation into its layer, and nothing in its place."""
    norm, layer = module.get_submodule(norm_name), module.get_submodule(layer_name)
    if norm.running_mean is None:  # normalises by its batch, always
        return
    fuse = fuse_linear_bn_eval if isinstance(layer, nn.Linear) else fuse_conv_bn_eval
    with torch.no_grad():
        module.set_submodule(layer_name, fuse(layer, norm))
    module.set_submodule(norm_name, nn.Identity())
