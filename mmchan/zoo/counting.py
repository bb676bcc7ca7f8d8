"""The cost of the zoo's models, counted from their configs. Needs torch and the OpenMMLab stack."""

from collections.abc import Callable, Iterable
from pathlib import Path

from mmengine.config import Config

from mmchan.channels import Cost, count
from mmchan.measure.complexity import backbone_plan, count_layers, count_model, without
from mmchan.runs.config import load_config
from mmchan.zoo.metafiles import Counted, Entry
from mmchan.zoo.rows import task_of
from mmchan.zoo.tasks import DETECTION, SEGMENTATION


def count_entries(
    entries: Iterable[Entry], root: Path, *, progress: Callable[[list], Iterable] = list
) -> list[tuple[Entry, Counted]]:
    """Count the models that have a config; entries that share one are counted once.

    Args:
        entries: Entries of the zoo; baselines are left out, their cost is quoted.
        root: The repository.
        progress: Goes through the models that are counted and may show how far it is.

    Returns:
        Every other entry with its cost: a classifier's in the papers' counting, classes of its data set
        included; a detector's as mmdet's tables have it, multiply-accumulates and activations without
        the mask head, and the number of proposals that its second stage got.
    """
    with_config = [entry for entry in entries if entry.config]
    models = {(entry.config, entry.size): entry for entry in with_config}
    counted = {key: count_entry(entry, root) for key, entry in progress(list(models.items()))}
    return [(entry, counted[entry.config, entry.size]) for entry in with_config]


def count_entry(entry: Entry, root: Path) -> Counted:
    """Count one model of the zoo at the resolution that its metafile states."""
    cfg = load_config(root / entry.config)
    if task_of(entry) in (DETECTION, SEGMENTATION):
        return Counted(_detector_cost(cfg, entry.size), proposals_of(cfg))
    plan = backbone_plan(cfg)
    if plan is None:
        return Counted(count_layers(cfg, entry.size))
    return Counted(count(plan, entry.size, num_classes=cfg.model.head.num_classes))


def proposals_of(cfg: Config) -> int | None:
    """The boxes that a detector's first stage lets pass in a test; None for one-stage detectors."""
    if 'rpn_head' not in cfg.model or 'roi_head' not in cfg.model:
        return None
    return cfg.model.test_cfg.rpn.max_per_img


def _detector_cost(cfg: Config, size: tuple[int, int]) -> Cost:
    costs = count_model(cfg, size)
    total = costs['total']
    if 'mask_head' not in costs:
        return total
    rest = without(total, costs['mask_head'])
    return Cost(total.parameters, rest.macs, rest.activations)
