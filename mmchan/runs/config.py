"""From a config file and a command line to the config of a run, as mmpretrain's tools merge them."""

import ast
import difflib
import os
import traceback
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from mmengine.config import Config, ConfigDict

from mmchan import compat
from mmchan.checks.config.parts import part, whole
from mmchan.checks.walk import type_name
from mmchan.errors import InputError, require, suggestion
from mmchan.files import refuse_folder
from mmchan.home import home
from mmchan.runs.backends import add_backends
from mmchan.runs.merging import merge_options
from mmchan.runs.workdir import default_work_dir

_LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')


def load_config(path: str | Path, cfg_options: dict | None = None) -> Config:
    """Read a config with everything that it inherits.

    Args:
        path: The config file.
        cfg_options: Settings to override, dotted key -> value.

    Raises:
        InputError: When the file or one of its bases is missing or is no valid Python, and when an
            option does not fit the config.
    """
    compat.apply()
    path = Path(path).expanduser()
    if not path.is_file():
        raise InputError(f'there is no config {str(path)!r}; {_nearest_config(path)}')
    try:
        cfg = Config.fromfile(path)
    except SyntaxError as error:
        raise InputError(_syntax_message(path, error)) from error
    except (FileNotFoundError, ModuleNotFoundError, AssertionError) as error:  # the last: unknown package::
        raise InputError(f'{path}: {error}') from error
    except Exception as error:  # a config is a program, and may raise anything
        said = str(error) if isinstance(error, InputError) else f'{type(error).__name__}: {error}'
        raise InputError(f'{_place(error) or path}: {said}') from error
    return merge_options(cfg, cfg_options)


def _nearest_config(path: Path) -> str:
    """Where the config that was meant may lie: beside the path, else among ours."""
    candidates = [*path.parent.glob('*.py'), *(home() / 'configs').rglob('*.py')]
    found = {config.name: config for config in candidates}
    near = difflib.get_close_matches(path.name, found, n=1)
    return f'did you mean {os.path.relpath(found[near[0]])!r}?' if near else 'configs/ holds ours'


def _syntax_message(path: Path, error: SyntaxError) -> str:
    try:
        ast.parse(path.read_text(encoding='utf-8'))
        where = f'a base of {path}'
    except SyntaxError:
        where = str(path)
    return f'{where} is no valid Python: line {error.lineno}: {error.msg}: {(error.text or "").strip()}'


def _place(error: Exception) -> str:
    """File and line of a config that raised while MMEngine ran it; '' where MMEngine itself did."""
    frames = traceback.extract_tb(error.__traceback__)
    ran = [
        inner
        for outer, inner in pairwise(frames)
        if inner.name == '<module>' and outer.name in ('_file2dict', '_parse_lazy_import')
    ]
    return f'{os.path.relpath(ran[-1].filename)}:{ran[-1].lineno}' if ran else ''


def config_to_train(
    path: str | Path,
    *,
    work_dir: str | None = None,
    resume: str | None = None,
    new_schedule: bool = False,
    amp: str | None = None,
    fast: bool = False,
    validate: bool = True,
    auto_scale_lr: bool = False,
    seed: int | None = None,
    tensorboard: bool = False,
    wandb: bool = False,
    launcher: str = 'none',
    pin_memory: bool = True,
    persistent_workers: bool = True,
    cfg_options: dict | None = None,
) -> Config:
    """The config of a training run.

    Args:
        path: The config file.
        work_dir: Folder of logs and checkpoints; by default the config's, else work_dirs/<config's name>.
        resume: A checkpoint to resume from; 'auto' takes the newest one of the work directory that is whole.
        new_schedule: Follow the config's schedule where the checkpoint had another one.
        amp: Train with automatic mixed precision: one of :data:`mmchan.runs.amp.KINDS`; None does not.
        fast: Train as fast as this machine can, see :mod:`mmchan.runs.fast`.
        validate: False trains without validation.
        auto_scale_lr: Scale the learning rate to the real batch size.
        seed: Random seed, >= 0.
        tensorboard: Also log for TensorBoard.
        wandb: Also log to Weights & Biases.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        pin_memory: False switches pinned memory off.
        persistent_workers: False restarts the workers at every epoch.
        cfg_options: Settings to override; they win over everything else.

    Raises:
        InputError: For a value that does not fit the config or the machine.
    """
    cfg = load_config(path)
    cfg.launcher = launcher
    _set_work_dir(cfg, path, work_dir)
    if not validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    _set_amp(cfg, amp)
    if fast:
        _require_exact_runner(cfg, '--fast')
        from mmchan.runs.fast import set_fast_training

        set_fast_training(cfg)
    if auto_scale_lr:
        _set_auto_scale_lr(cfg)
    if seed is not None:
        require(seed >= 0, '--seed', 'an integer >= 0', seed)
        cfg.randomness = {**part(cfg, 'randomness'), 'seed': seed}
    add_backends(cfg, {'tensorboard': tensorboard, 'wandb': wandb})
    cfg = merge_options(cfg, cfg_options)
    if resume is not None:
        _set_resume(cfg, resume)
    if new_schedule:
        _set_new_schedule(cfg, resume)
    for name in _LOADERS:
        _set_loader_defaults(cfg, name, pin_memory=pin_memory, persistent_workers=persistent_workers)
    return cfg


def config_to_test(
    path: str | Path,
    checkpoint: str,
    *,
    work_dir: str | None = None,
    amp: str | None = None,
    fast: bool = False,
    tta: bool = False,
    show_dir: str | None = None,
    interval: int = 1,
    launcher: str = 'none',
    pin_memory: bool = True,
    cfg_options: dict | None = None,
) -> Config:
    """The config of a test run.

    Args:
        path: The config file.
        checkpoint: The checkpoint to test: a file or a URL.
        work_dir: Folder of logs; by default the config's, else work_dirs/<config's name>.
        amp: Test with automatic mixed precision, as for :func:`config_to_train`.
        fast: Test as fast as this machine can, see :mod:`mmchan.runs.fast`.
        tta: Average over augmented copies of every image: the config's ``tta_model`` and
            ``tta_pipeline``; classifiers without them are averaged over the flipped image.
        show_dir: Folder for pictures of the predictions.
        interval: Draw every that many images, >= 1.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        pin_memory: False switches pinned memory off.
        cfg_options: Settings to override; they win over everything else.

    Raises:
        InputError: For a value that does not fit the config.
    """
    cfg = load_config(path)
    cfg.launcher = launcher
    _set_work_dir(cfg, path, work_dir)
    cfg.load_from, cfg.resume = checked_checkpoint(checkpoint), False
    if amp is not None:
        from mmchan.runs.amp import set_test_amp

        set_test_amp(cfg, amp)
    if fast:
        _require_exact_runner(cfg, '--fast')
        from mmchan.runs.fast import set_fast_test

        set_fast_test(cfg, amp=amp)
    if show_dir is not None:
        _set_show_dir(cfg, show_dir, interval)
    if tta:
        _set_tta(cfg)
    cfg = merge_options(cfg, cfg_options)
    _set_loader_defaults(cfg, 'test_dataloader', pin_memory=pin_memory, persistent_workers=False)
    return cfg


def _set_work_dir(cfg: Config, path: str | Path, work_dir: str | None) -> None:
    cfg.work_dir = work_dir or cfg.get('work_dir') or str(default_work_dir(path))


def _set_amp(cfg: Config, amp: str | None) -> None:
    """Mixed precision as ``--amp`` says, or as the config does where this machine cannot do it so."""
    configured = part(cfg, 'optim_wrapper').get('type') == 'AmpOptimWrapper'
    if amp is None and not configured:
        return
    from mmengine.device import get_device

    from mmchan.runs.amp import set_training_amp

    if amp is not None or get_device() == 'cpu':  # where MMEngine's wrapper cannot be built
        set_training_amp(cfg, amp or 'auto')


def _set_auto_scale_lr(cfg: Config) -> None:
    if not part(cfg, 'auto_scale_lr').get('base_batch_size'):
        raise InputError('--auto-scale-lr needs auto_scale_lr = dict(base_batch_size=...) in the config')
    cfg.auto_scale_lr.enable = True


def _set_resume(cfg: Config, resume: str) -> None:
    from mmchan.runs.newest import check_whole, newest_whole

    if resume != 'auto':
        cfg.resume, cfg.load_from = True, checked_checkpoint(resume)
        if '://' not in resume:
            check_whole(Path(resume).expanduser())
        return
    newest = newest_whole(cfg.work_dir).path
    cfg.load_from = newest or cfg.get('load_from')
    # without one, the Runner says so and starts from the beginning, or from the weights that the config names
    cfg.resume = newest is not None or cfg.load_from is None


def _set_new_schedule(cfg: Config, resume: str | None) -> None:
    if resume is None:
        raise InputError('--new-schedule goes with --resume; a training that begins has no other schedule')
    _require_exact_runner(cfg, '--new-schedule')
    cfg.setdefault('runtime_cfg', {})['new_schedule'] = True


def _require_exact_runner(cfg: Config, option: str) -> None:
    if cfg.get('runner_type') != 'mmchan.ExactRunner':
        raise InputError(
            f"{option} needs runner_type = 'mmchan.ExactRunner' in the config: inherit "
            "'mmchan::_base_/runtime/exact.py'"
        )


def checked_checkpoint(checkpoint: str) -> str:
    """A path or URL of a checkpoint as it is given; InputError where there is no such file."""
    path = Path(checkpoint).expanduser()
    if '://' in checkpoint or path.is_file():
        return checkpoint
    refuse_folder(path)
    folder = path.parent
    known = [str(path) for path in sorted(folder.glob('*.pth'))]
    hint = suggestion(checkpoint, known) if known else f'{folder} holds no *.pth file'
    raise InputError(f'there is no checkpoint {checkpoint!r}; {hint}')


def _set_show_dir(cfg: Config, show_dir: str, interval: int) -> None:
    hook = part(cfg, 'default_hooks', 'visualization')
    if not hook:
        raise InputError('--show-dir needs a visualization hook in the default_hooks of the config')
    # mmdet's hook has names of its own for the same settings
    names = ('draw', 'test_out_dir') if 'Det' in type_name(hook) else ('enable', 'out_dir')
    hook.update({names[0]: True, names[1]: show_dir, 'interval': interval})


def _set_tta(cfg: Config) -> None:
    """Wrap the model as mmpretrain's test.py does."""
    if not part(cfg, 'test_dataloader', 'dataset').get('pipeline'):
        raise InputError('--tta needs a pipeline in test_dataloader.dataset of the config')
    if 'tta_model' not in cfg or 'tta_pipeline' not in cfg:
        if cfg.get('default_scope') != 'mmpretrain':
            raise InputError('--tta needs tta_model and tta_pipeline in the config')
        cfg.setdefault('tta_model', ConfigDict(type='mmpretrain.AverageClsScoreTTA'))
        cfg.setdefault('tta_pipeline', _flip_pipeline(cfg.test_dataloader.dataset.pipeline))
    cfg.model = ConfigDict(**cfg.tta_model, module=cfg.model)
    cfg.test_dataloader.dataset.pipeline = cfg.tta_pipeline


def _flip_pipeline(pipeline: list[dict]) -> list[dict]:
    flips = [{'type': 'RandomFlip', 'prob': 1.0}, {'type': 'RandomFlip', 'prob': 0.0}]
    return [*pipeline[:-1], {'type': 'TestTimeAug', 'transforms': [flips, [pipeline[-1]]]}]


def _set_loader_defaults(cfg: Config, name: str, *, pin_memory: bool, persistent_workers: bool) -> None:
    """Add what mmpretrain's tools add to a data loader, where the machine and the loader allow it."""
    import torch

    loader = cfg.get(name)
    if not isinstance(loader, Mapping):  # what else it is, the checks report
        return
    if cfg.get('default_scope') == 'mmpretrain':  # detection batches images of different sizes
        loader.setdefault('collate_fn', ConfigDict(type='default_collate'))
    loader.pin_memory = pin_memory and loader.get('pin_memory', torch.cuda.is_available())
    wanted = persistent_workers and loader.get('persistent_workers', True)
    loader.persistent_workers = wanted and (whole(loader.get('num_workers')) or 0) > 0
