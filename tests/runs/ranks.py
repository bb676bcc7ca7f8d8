"""Trainings in several processes, forked from one that has imported the libraries, which takes longer."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner, runner

from mmchan.registry import HOOKS
from mmchan.runs import failures
from tests.runs import exact_runs

FORKS = multiprocessing.get_context('forkserver')
FORKS.set_forkserver_preload(['tests.runs.ranks', 'mmpretrain.datasets', 'mmpretrain.models', 'mmdet.models'])
ROOT = Path(__file__).parents[2]
TOTAL = 16  # samples of a batch of all processes


@HOOKS.register_module(force=True)
class BatchesHook(Hook):
    """Writes down which images every batch of this process holds, as they are after their augmentation.

    Args:
        file: One line of JSON for every batch is added to it: the iteration, and a digest of every image.
    """

    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None) -> None:
        """Write a line."""
        digests = [hashlib.sha256(image.numpy().tobytes()).hexdigest()[:16] for image in data_batch['inputs']]
        with self.file.open('a') as lines:
            lines.write(json.dumps([runner.iter, digests]) + '\n')


def train(
    work_dir: Path,
    processes: int = 2,
    *,
    ends: Mapping[int, dict] | None = None,
    of_rank: Mapping[int, dict] | None = None,
    **settings: object,
) -> list[int | None]:
    """Train in several processes, or go on; their exit codes.

    Args:
        work_dir: The work directory; what a process prints is in ``work_dir/RANK.out``.
        processes: How many.
        ends: Rank -> config of an EndHook.
        of_rank: Rank -> settings of its own.
        settings: Of :func:`tests.runs.exact_runs.train`.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    # as torchrun does: the processes meet at a port that is open already
    store = torch.distributed.TCPStore('127.0.0.1', 0, is_master=True, wait_for_workers=False)
    with pytest.MonkeyPatch.context() as patch:  # where the server of the forks finds what it preloads
        patch.setenv('PYTHONPATH', f'{ROOT}{os.pathsep}{os.environ.get("PYTHONPATH", "")}')
        forkserver.ensure_running()
    started = []
    for rank in range(processes):
        environment = {
            'RANK': rank,
            'LOCAL_RANK': rank,
            'WORLD_SIZE': processes,
            'MASTER_ADDR': '127.0.0.1',
            'MASTER_PORT': store.port,
            'TORCHELASTIC_USE_AGENT_STORE': True,
        }
        arguments = {**settings, **(of_rank or {}).get(rank, {}), 'end': (ends or {}).get(rank)}
        process = FORKS.Process(target=_run, args=(work_dir, environment, arguments, Path.cwd()))
        process.start()
        started.append(process)
    return _codes(started)


def _codes(started: Sequence[BaseProcess]) -> list[int | None]:
    """Wait for processes; their exit codes."""
    for process in started:
        process.join(120)
        if process.exitcode is None:
            process.kill()
            process.join()
    return [process.exitcode for process in started]


def _run(work_dir: Path, environment: Mapping, arguments: Mapping, place: Path) -> None:
    os.chdir(place)
    out = os.open(work_dir / f'{environment["RANK"]}.out', os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ |= {name: str(value) for name, value in environment.items()}
    torch.set_num_threads(1)
    failures.PATIENCE = 1.0  # there is no launcher that would end the others sooner
    runner.collect_env = dict  # asks compilers, which takes longer than the training
    exact_runs.train(work_dir, launcher='pytorch', **arguments)


def batches(files: list[Path]) -> dict[int, list[str]]:
    """What BatchesHooks of all processes wrote: iteration -> the digests of its images, in their order."""
    written: dict[int, list[list[str]]] = {}
    for file in files:
        for line in file.read_text().splitlines():
            iteration, digests = json.loads(line)
            written.setdefault(iteration, []).append(digests)
    return {iteration: _interleaved(parts) for iteration, parts in written.items()}


def _interleaved(parts: list[list[str]]) -> list[str]:
    return [part[turn] for turn in range(max(map(len, parts))) for part in parts if turn < len(part)]
