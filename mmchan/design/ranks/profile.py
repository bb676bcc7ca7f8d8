"""The rank of every block of a network on real images, and of the same network with random weights.

Light to import; torch and the models come when something is computed.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmchan.channels import BlockPlan
from mmchan.design.ranks.measures import Measures, default_tolerance, measure
from mmchan.errors import require, require_integer

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mmchan.models import PlanBackbone

BLOCK = 'block'
TOGETHER = 16  # images of one size that are computed at once

Watch = Callable[[Sequence['Tensor']], Iterator['Tensor']]


@dataclass(frozen=True)
class PartProfile:
    """The rank of what a block, or a convolution in it with its activation, gives for some images.

    Attributes:
        block: Index of the block in the network.
        part: 'block', or the role of a convolution, such as 'expand'.
        in_channels: Channels of the part's input.
        channels: Channels of its output.
        columns: Pixels that were looked at; where there are fewer than channels, they limit the rank.
        rank_ratio: Rank over channels.
        nuclear_norm: Sum of the singular values.
        nuclear_ratio: That over the largest one that the same Frobenius norm allows.
        stable_rank: Stable rank over channels.
        effective_rank: Entropy rank over channels.
        dead: Channels that are 0 at all pixels.
        cdf: Share of the singular values that are at most THRESHOLDS times the largest.
    """

    block: int
    part: str
    in_channels: int
    channels: int
    columns: int
    rank_ratio: float
    nuclear_norm: float
    nuclear_ratio: float
    stable_rank: float
    effective_rank: float
    dead: int
    cdf: tuple[float, ...]

    def as_dict(self) -> dict:
        """Every number as plain values, for JSON."""
        values = asdict(self)
        values['cdf'] = [round(share, 4) for share in self.cdf]
        return {
            name: round(value, 6) if isinstance(value, float) else value for name, value in values.items()
        }

    @property
    def ratio(self) -> float:
        """Channel dimension ratio: channels of the input over those of the output."""
        return self.in_channels / self.channels

    @property
    def limited(self) -> bool:
        """Whether there were fewer pixels than channels."""
        return self.columns < self.channels


def profile_blocks(
    backbone: PlanBackbone,
    images: Sequence[Tensor],
    *,
    columns: int = 4096,
    seed: int = 0,
    tolerance: float | None = None,
    watch: Watch = iter,
) -> tuple[PartProfile, ...]:
    """Measure the outputs of all blocks, and of the convolutions in them where they are told by role.

    The matrix of an output has a row per channel and a column per pixel, of all images together. The backbone
    computes in eval mode and is left in the mode that it was in.

    Args:
        backbone: One of ours.
        images: Inputs (N, C, H, W), prepared as for the network; sizes may differ.
        columns: About how many pixels of each map are taken, at random, the same share of every image.
        seed: Of the choice of pixels.
        tolerance: Share of the largest singular value above which one counts; None takes float32's.
        watch: Given the images, hands them on one by one: to show progress.

    Raises:
        InputError: Without images, or for a number outside its range.
    """
    require(len(images) > 0, 'images', 'at least one', len(images))
    require_integer(columns, 'columns')
    quota = -(-columns // sum(len(image) for image in images))
    parts = list(_parts(backbone))
    taken = _taken(backbone, [module for *_, module in parts], images, quota=quota, seed=seed, watch=watch)
    rows = zip(parts, taken, strict=True)
    return tuple(_profile(*part[:3], matrix, tolerance) for part, matrix in rows)


def _parts(backbone: PlanBackbone) -> Iterator[tuple[int, str, int, nn.Module]]:
    """Index of the block, name of the part, channels of its input, the module that gives its output."""
    blocks = [block for name in backbone.stage_names for block in getattr(backbone, name)]
    for index, (block, plan) in enumerate(zip(blocks, backbone.plan.blocks, strict=True)):
        for role, module in _last_of_roles(block, plan).items():
            yield index, role, plan.conv(role).in_channels, module
        yield index, BLOCK, plan.in_channels, block


def _last_of_roles(block: nn.Module, plan: BlockPlan) -> dict[str, nn.Module]:
    """For every role the last module before the next one: a gate or an activation may follow by itself."""
    found, role = {}, ''
    for name in getattr(block, 'path', ()):
        role = name if plan.conv(name) else role
        found[role] = getattr(block, name)
    return found


def _taken(
    backbone: PlanBackbone,
    modules: Sequence[nn.Module],
    images: Sequence[Tensor],
    *,
    quota: int,
    seed: int,
    watch: Watch,
) -> list[np.ndarray]:
    """Outputs of modules at random pixels, (channels, pixels) each."""
    import torch

    rng, seen = np.random.default_rng(seed), defaultdict(list)

    def take(module: nn.Module, _: object, out: Tensor) -> None:
        flat = out.detach().flatten(2)
        pixels = flat.shape[2]
        chosen = rng.choice(pixels, min(quota, pixels), replace=False)
        picked = flat[:, :, torch.from_numpy(chosen).to(flat.device)].transpose(0, 1).flatten(1)
        seen[module].append(picked.double().cpu().numpy())

    was_training, handles = backbone.training, [module.register_forward_hook(take) for module in modules]
    try:
        with torch.no_grad():
            backbone.eval()
            for image in watch(images):
                backbone(image)
    finally:
        backbone.train(was_training)
        for handle in handles:
            handle.remove()
    return [np.concatenate(seen[module], 1) for module in modules]


def _profile(
    block: int, part: str, in_channels: int, matrix: np.ndarray, tolerance: float | None
) -> PartProfile:
    import torch

    from mmchan.design.ranks.networks import singular_values

    channels, columns = matrix.shape
    if tolerance is None:
        tolerance = default_tolerance(channels, columns)
    values = singular_values(torch.from_numpy(matrix)[None])
    measured: Measures = measure(values, channels, tolerance=tolerance)
    return PartProfile(
        block=block,
        part=part,
        in_channels=in_channels,
        channels=channels,
        columns=columns,
        rank_ratio=measured.rank_ratio.item(),
        nuclear_norm=measured.nuclear_norm.item(),
        nuclear_ratio=measured.nuclear_ratio.item(),
        stable_rank=measured.stable_rank.item() / channels,
        effective_rank=measured.effective_rank.item() / channels,
        dead=int((matrix == 0).all(1).sum()),
        cdf=tuple(measured.cdf[0].tolist()),
    )


def randomised(backbone: PlanBackbone, images: Sequence[Tensor], *, seed: int = 0) -> PlanBackbone:
    """The same network with torch's random weights, its normalisation fitted to the images.

    Without fitted statistics, what a random network gives fades or grows from block to block.

    Args:
        backbone: One of ours; it is not changed.
        images: Inputs (N, C, H, W); where one has a size of its own, its mirror image goes with it.
        seed: Of the weights.
    """
    import torch
    from torch.nn.modules.batchnorm import _BatchNorm

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        other = copy.deepcopy(backbone)
        for module in other.modules():
            if hasattr(module, 'reset_parameters'):
                module.reset_parameters()
    norms = [module for module in other.modules() if isinstance(module, _BatchNorm)]
    other.eval()
    for norm in norms:
        norm.train()
        norm.momentum = None  # the mean of all batches
    with torch.no_grad():
        for batch in _together(images):
            other(batch)
    return other.eval()


def _together(images: Sequence[Tensor]) -> Iterator[Tensor]:
    """Batches of images of one size, at least two in each: a gate's normalisation sees one pixel."""
    import torch

    sizes = defaultdict(list)
    for image in images:
        sizes[tuple(image.shape[1:])].extend(image.split(1))
    for alike in sizes.values():
        for start in range(0, len(alike), TOGETHER):
            batch = torch.cat(alike[start : start + TOGETHER])
            yield batch if len(batch) > 1 else torch.cat([batch, batch.flip(3)])
