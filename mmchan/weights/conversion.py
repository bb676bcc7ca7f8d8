"""A checkpoint file of one project's layout to one of another's."""

from dataclasses import dataclass
from pathlib import Path

from mmchan.channels import find_variant, get_plan
from mmchan.errors import InputError, require_known
from mmchan.layouts.colours import check_flip, flip_stem
from mmchan.layouts.recognition import recognise_layout, recognise_variant
from mmchan.layouts.renaming import convert_state_dict, layouts_of, module_shapes
from mmchan.weights.checkpoints import check_suffix, read_state_dict, write_checkpoint


@dataclass(frozen=True)
class Conversion:
    """What :func:`convert_checkpoint` did.

    Attributes:
        arch: The variant.
        source: Layout that was read.
        target: Layout that was written.
        tensors: Number of tensors that were written.
        left_out: Keys of tensors that belong to no layer of the network, such as a detector's heads.
    """

    arch: str
    source: str
    target: str
    tensors: int
    left_out: tuple[str, ...]


def convert_checkpoint(
    checkpoint: str, out: Path, *, target: str, arch: str | None = None, colours: str | None = None
) -> Conversion:
    """Write a checkpoint in another layout; the tensors stay what they are, bit by bit.

    Args:
        checkpoint: Path or URL of a checkpoint in any known layout.
        out: File to write, .pth, .pyth or .safetensors.
        target: Layout to write.
        arch: The variant that it must be; None takes the one that its widths tell.
        colours: 'rgb' or 'bgr' turns the stem from the other order to this one; None leaves it.

    Raises:
        InputError: For a checkpoint of no known network, or a layout that its family does not have.
    """
    check_suffix(out)
    state_dict = read_state_dict(checkpoint)
    arch = _checked_arch(arch, recognise_variant(state_dict, name=checkpoint)[0], checkpoint)
    plan = get_plan(arch)
    known = layouts_of(plan.family)
    require_known(target, known, f'layout of {arch}')
    found = recognise_layout(state_dict, plan, name=checkpoint)
    weights = convert_state_dict(found.weights, plan, source=found.layout, target=target)
    if colours:
        check_flip(checkpoint, colours)
        weights = flip_stem(weights, plan, target)
    write_checkpoint(out, weights, wrapper=known[target].wrapper)
    return Conversion(arch, found.layout, target, len(weights), tuple(found.others))


def _checked_arch(wanted: str | None, found: str, checkpoint: str) -> str:
    if wanted is None:
        return found
    arch = find_variant(wanted).name
    if module_shapes(get_plan(arch)) != module_shapes(get_plan(found)):
        raise InputError(f'{checkpoint} is the checkpoint of {found}, not of {arch}')
    return arch
