"""Parts of a config that MMEngine takes all or none of."""

from collections.abc import Iterator, Mapping

from mmchan.findings import FAIL, Finding

_GROUPS = (
    ('train_dataloader', 'train_cfg', 'optim_wrapper'),
    ('val_dataloader', 'val_cfg', 'val_evaluator'),
    ('test_dataloader', 'test_cfg', 'test_evaluator'),
)


def check_together(cfg: Mapping) -> Iterator[Finding]:
    """A fault for every part that is missing beside the others of its group: no Runner is built then."""
    for group in _GROUPS:
        yield from _check_group(cfg, group)
    if cfg.get('param_scheduler') is not None and all(cfg.get(name) is None for name in _GROUPS[0]):
        yield Finding(FAIL, 'param_scheduler', 'is there, but optim_wrapper is not', 'set it to None')


def _check_group(cfg: Mapping, group: tuple[str, ...]) -> Iterator[Finding]:
    absent = [name for name in group if cfg.get(name) is None]
    there = ' and '.join(name for name in group if name not in absent)
    for name in absent if there else ():
        remedy = f'give {" and ".join(absent)}, or set all three to None'
        yield Finding(FAIL, name, f'is missing beside {there}', remedy)
