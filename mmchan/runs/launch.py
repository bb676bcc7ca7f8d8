"""Build the Runner, in one or several processes, and let it train or test."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import mmengine
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import is_main_process
from mmengine.evaluator import DumpResults
from mmengine.logging import print_log
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

from mmchan import compat
from mmchan.checks.colours import colours_checked
from mmchan.data.faster import DECODER, WITHOUT_DECODER, faster_transforms, has_decoder
from mmchan.errors import InputError, require
from mmchan.files import replacing
from mmchan.findings import Finding
from mmchan.process import startup
from mmchan.runs.building import faults_of_the_config
from mmchan.runs.failures import told_to_launcher
from mmchan.runs.first_iteration import first_iteration_told
from mmchan.runs.hooks.broken_images import skip_broken_images
from mmchan.runs.preparation import loaders_of, prepare, tell
from mmchan.runs.results import coco_metrics, written_to
from mmchan.runs.speed import leave_cores_to_loaders
from mmchan.weights.checkpoints import safe_checkpoints

# launcher -> a variable that it sets in every process, and what sets it
_PROOFS = {
    'pytorch': ('RANK', 'torchrun (tools/dist_train.sh and tools/dist_test.sh call it)'),
    'slurm': ('SLURM_PROCID', 'srun (tools/slurm_train.sh and tools/slurm_test.sh call it)'),
    'mpi': ('OMPI_COMM_WORLD_RANK', 'mpirun'),
}
_SIZES = {'pytorch': 'WORLD_SIZE', 'slurm': 'SLURM_NTASKS', 'mpi': 'OMPI_COMM_WORLD_SIZE'}


def run_training(
    cfg: Config, *, trust: bool = False, strict: bool = True, cfg_options: dict | None = None
) -> None:
    """Train as a config of :func:`mmchan.runs.config.config_to_train` says.

    Embedded data that is absent is written. An image that cannot be loaded is left out and reported at the
    end of the epoch.

    Args:
        cfg: The config.
        trust: Read checkpoints that may run code.
        strict: False trains in spite of faults in the config, which the log then names.
        cfg_options: What ``--cfg-options`` set, so that findings can tell it from what the files say.

    Raises:
        InputError: For a config with faults and for data that is missing or does not fit, with all that is
            to be mended; for a launcher that did not launch us, an unreadable checkpoint.
    """
    findings = _prepare(cfg, 'train', strict=strict, cfg_options=cfg_options)
    skip_broken_images(cfg)
    with _processes(cfg), safe_checkpoints(trust):
        _train(cfg, findings, strict=strict)


def run_testing(
    cfg: Config,
    *,
    out: str | None = None,
    out_item: str = 'pred',
    classwise: bool = False,
    trust: bool = False,
    strict: bool = True,
    cfg_options: dict | None = None,
) -> dict[str, float]:
    """Test as a config of :func:`mmchan.runs.config.config_to_test` says.

    Args:
        cfg: The config.
        out: File for the results; None writes none.
        out_item: 'pred' writes the predictions (.pkl; of detectors also .json, as COCO's server takes
            them: name.bbox.json and name.segm.json), 'metrics' the metrics (.json, .yaml, .pkl).
        classwise: Also print COCO's results of every class.
        trust: Read checkpoints that may run code.
        strict: As for :func:`run_training`, like ``cfg_options``.
        cfg_options: What ``--cfg-options`` set.

    Returns:
        Name of a metric -> its value.

    Raises:
        InputError: As :func:`run_training`.
    """
    metrics = list(coco_metrics(cfg.get('test_evaluator')))
    _check_out(out, out_item, as_coco=bool(metrics))
    if classwise:
        _set_classwise(metrics)
    findings = _prepare(cfg, 'test', strict=strict, cfg_options=cfg_options)
    as_coco = out is not None and out_item == 'pred' and Path(out).suffix == '.json'
    with _processes(cfg), safe_checkpoints(trust):
        if not as_coco:
            return _test(cfg, findings, out, out_item)
        with written_to(cfg, Path(out)):
            return _test(cfg, findings, None, out_item)


def _prepare(cfg: Config, purpose: str, *, strict: bool, cfg_options: dict | None) -> list[Finding]:
    size = os.environ.get(_SIZES.get(cfg.get('launcher', 'none'), ''), '1')
    loaders = loaders_of(cfg, purpose)
    if cfg.get('default_scope') == 'mmpretrain':
        compat.import_mmpretrain_alone()
    findings = prepare(cfg, loaders, cfg_options=cfg_options, processes=int(size), strict=strict)
    startup.started()
    return findings


def _set_classwise(metrics: list[dict]) -> None:
    if not metrics:
        raise InputError('--classwise needs a CocoMetric in the test_evaluator of the config')
    for metric in metrics:
        metric.classwise = True


def _train(cfg: Config, findings: list[Finding], *, strict: bool) -> None:
    runner = build_runner(cfg)
    tell(findings)
    if not has_decoder():
        print_log(f'{WITHOUT_DECODER}: pip install {DECODER}', logger='current')
    # of several processes the launcher shows the traceback of the one that failed first
    is_alone = cfg.get('launcher', 'none') == 'none'
    told = first_iteration_told(runner) if strict and is_alone else contextlib.nullcontext()
    with colours_checked(cfg), told, faster_transforms():
        runner.train()


def _test(cfg: Config, findings: list[Finding], out: str | None, out_item: str) -> dict[str, float]:
    runner = build_runner(cfg)
    tell(findings)
    with colours_checked(cfg):
        return runner.test() if out is None else _test_into(runner, Path(out), out_item)


def _check_out(out: str | None, out_item: str, *, as_coco: bool) -> None:
    suffixes = ['.pkl', '.pickle', '.json', *(['.yaml', '.yml'] if out_item == 'metrics' else [])]
    if out_item == 'pred' and not as_coco:
        suffixes.remove('.json')
    wrong = out is not None and Path(out).suffix not in suffixes
    require(not wrong, '--out', f'a file that ends with one of {", ".join(suffixes)} for {out_item}', out)


def build_runner(cfg: Config) -> Runner:
    """The Runner of a config: MMEngine's, or the one that ``runner_type`` names.

    Raises:
        InputError: For a config of which none can be built.
    """
    compat.apply()  # the config may have been read before torch was imported
    leave_cores_to_loaders(cfg)
    _make_folder(cfg.get('work_dir'))
    with faults_of_the_config():
        return RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)


def _make_folder(work_dir: str | None) -> None:
    """Make the folder of a run, as the Runner would, with a message where that cannot be."""
    try:
        Path(work_dir or '.').mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f'{work_dir} cannot be made: {error.strerror}; --work-dir names another') from error


def _test_into(runner: Runner, out: Path, out_item: str) -> dict[str, float]:
    """Test and write the results."""
    if not is_main_process():  # writes nothing, but all processes gather the same metrics
        if out_item == 'pred':
            runner.test_evaluator.metrics.append(DumpResults(out_file_path=str(out)))
        return runner.test()
    with replacing(out) as unfinished:
        if out_item == 'pred':
            runner.test_evaluator.metrics.append(DumpResults(out_file_path=str(unfinished)))
        metrics = runner.test()
        if out_item == 'metrics':
            mmengine.dump(metrics, str(unfinished))
    print_log(f'The results are in {out}', logger='current')
    return metrics


@contextlib.contextmanager
def _processes(cfg: Config) -> Iterator[None]:
    """Enter the distributed environment where the Runner would fail to; leave it afterwards."""
    launcher = cfg.get('launcher', 'none')
    if launcher == 'none':
        yield
        return
    variable, starter = _PROOFS[launcher]
    if variable not in os.environ:
        raise InputError(f'--launcher {launcher} is for processes that {starter} started')
    if launcher == 'mpi':  # MMEngine wraps the model with LOCAL_RANK, which mpirun does not set
        os.environ['LOCAL_RANK'] = os.environ['OMPI_COMM_WORLD_LOCAL_RANK']
    dist_cfg = cfg.get('env_cfg', {}).get('dist_cfg', {})
    timeout = dist_cfg.get('timeout', 1)
    seconds = isinstance(timeout, int | float) and timeout > 0
    require(seconds, 'env_cfg.dist_cfg.timeout', 'a number of seconds > 0', timeout)
    with told_to_launcher():
        if get_device() != 'cpu':
            with _left_together():
                yield
            return
        with compat.process_group_on_cpu(launcher, **dist_cfg), _left_together():
            unused = cfg.get('find_unused_parameters', False)
            wrapper = compat.wrapper_on_cpu(cfg.get('model_wrapper_cfg'), find_unused_parameters=unused)
            cfg.model_wrapper_cfg = wrapper
            yield


@contextlib.contextmanager
def _left_together() -> Iterator[None]:
    """Let no process that was asked to stop leave before the first has saved: launchers end the others."""
    try:
        yield
    except SystemExit:
        torch.distributed.barrier()
        raise
