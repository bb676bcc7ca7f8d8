"""Settings of an optimizer that are meant for some parameters of a model: is there any such?"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from torch import nn

from mmchan.checks.config.parts import part
from mmchan.findings import WARN, Finding

_KEY = 'optim_wrapper.paramwise_cfg.custom_keys'
_NEAR = 0.85


def check_custom_keys(wrapper: Mapping, model: nn.Module) -> Iterator[Finding]:
    """A warning for every name in custom_keys that no parameter has, and that is nearly one of them.

    Schedules that many models share name parameters that only some of them have: that alone is no mistake.

    Args:
        wrapper: ``optim_wrapper`` of a config.
        model: Its model, which may be without values.
    """
    keys = part(wrapper, 'paramwise_cfg', 'custom_keys')
    names = [name for name, _ in model.named_parameters()]
    for key in map(str, keys):
        if any(key in name for name in names):
            continue
        near = get_close_matches(key.strip('.'), _parts(names, key.strip('.').count('.') + 1), 1, _NEAR)
        if near:
            what = 'no parameter of the model has this in its name'
            yield Finding(WARN, f'{_KEY}.{key}', what, f'did you mean {near[0]!r}?')


def _parts(names: list[str], length: int) -> set[str]:
    """Every run of so many words in dotted names."""
    found = set()
    for name in names:
        places = [-1, *(place for place, letter in enumerate(name) if letter == '.'), len(name)]
        ends = zip(places, places[length:], strict=False)
        found.update(name[start + 1 : end] for start, end in ends)
    return found
