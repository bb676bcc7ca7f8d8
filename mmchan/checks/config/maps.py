"""Feature maps without values: their channels, and what they would be with others."""

from collections.abc import Callable, Mapping

import torch

from mmchan.checks.config.parts import sequence, whole

Maps = object  # a tensor, or tuples and lists of them


def _dimension(tensor: torch.Tensor) -> int:
    """Where a tensor's channels are: (N, C), (N, tokens, C) or (N, C, H, W)."""
    return 2 if tensor.ndim == 3 else 1


def _leaves(maps: Maps) -> list[torch.Tensor]:
    if isinstance(maps, torch.Tensor):
        return [maps]
    return [leaf for inner in sequence(maps) for leaf in _leaves(inner)]


def channels_of(maps: Maps) -> list[int]:
    """The channels of every map."""
    return [tensor.shape[_dimension(tensor)] for tensor in _leaves(maps) if tensor.ndim > 1]


def averaged(maps: Maps) -> Maps | None:
    """Every map as one vector; None where there is no map of two dimensions."""
    leaves = _leaves(maps)
    if not any(leaf.ndim == 4 for leaf in leaves):
        return None
    return tuple(leaf.mean((2, 3)) if leaf.ndim == 4 else leaf for leaf in leaves)


def with_channels(maps: Maps, declared: list[int] | int, index: object) -> Maps | None:
    """Maps as they would be with other channels.

    Args:
        maps: The maps.
        declared: Their channels: one number for all, or one for each.
        index: Of the map, or the maps, that have them; all else are kept. No integers: all have them.

    Returns:
        The maps; None where nobody can tell which have which channels.
    """
    chosen = [index] if whole(index) is not None else sequence(index)
    numbers = [declared] if isinstance(declared, int) else declared
    if not _are_widths(numbers) or any(whole(one) is None for one in chosen):
        return None
    if isinstance(maps, torch.Tensor):
        return _resized(maps, declared) if isinstance(declared, int) else None
    leaves = _leaves(maps)
    if isinstance(declared, int):
        numbers = numbers * len(chosen or leaves)
    if chosen:
        return _replaced(leaves, dict(zip(chosen, numbers, strict=False)))
    return _of_all(maps, leaves, numbers)


def _are_widths(numbers: list[int]) -> bool:
    return all((whole(number) or 0) >= 1 for number in numbers)


def _of_all(maps: Maps, leaves: list[torch.Tensor], numbers: list[int]) -> Maps | None:
    """Maps all of which have other channels."""
    if len(leaves) == len(numbers):
        given = iter(numbers)
        return _mapped(maps, lambda leaf: _resized(leaf, next(given)))
    return _of_other_levels(leaves, numbers) if _is_pyramid(maps) else None


def _is_pyramid(maps: Maps) -> bool:
    return bool(maps) and all(isinstance(level, torch.Tensor) and level.ndim == 4 for level in maps)


def _replaced(leaves: list[torch.Tensor], channels: Mapping[int, int]) -> Maps | None:
    """Maps of which some have other channels."""
    maps = list(leaves)
    for index, number in channels.items():
        if whole(index) is None or not -len(maps) <= index < len(maps):
            return None
        maps[index] = _resized(maps[index], number)
    return tuple(maps)


def _mapped(maps: Maps, change: Callable[[torch.Tensor], torch.Tensor]) -> Maps:
    if isinstance(maps, torch.Tensor):
        return change(maps)
    return type(maps)(_mapped(inner, change) for inner in maps)


def _resized(tensor: torch.Tensor, channels: int) -> torch.Tensor:
    shape = list(tensor.shape)
    if len(shape) > 1:
        shape[_dimension(tensor)] = channels
    return torch.zeros(shape, device='meta')


def _of_other_levels(leaves: list[torch.Tensor], declared: list[int]) -> Maps:
    """A pyramid of more or fewer levels."""
    sizes = [leaf.shape[2:] for leaf in leaves]
    while len(sizes) < len(declared):
        sizes.append([max(1, side // 2) for side in sizes[-1]])
    pairs = zip(declared, sizes, strict=False)
    return tuple(torch.zeros(1, channels, *size, device='meta') for channels, size in pairs)
