"""Launching says what is wrong with the way it was launched."""

import pytest
import torch
from mmengine.config import Config

from mmchan.channels import InputError
from mmchan.runs import launch


@pytest.mark.parametrize(
    ('launcher', 'starter'), [('pytorch', 'torchrun'), ('slurm', 'srun'), ('mpi', 'mpirun')]
)
def test_launcher_that_did_not_launch_us_is_named(monkeypatch, launcher, starter):
    for variable in ('RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK'):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(InputError, match=starter), launch._processes(Config({'launcher': launcher})):
        pass


@pytest.mark.parametrize(('item', 'out'), [('pred', 'a.json'), ('metrics', 'a.txt')])
def test_results_file_of_an_unknown_kind_is_refused_before_testing(item, out):
    with pytest.raises(InputError, match='--out must be a file that ends with one of'):
        launch.run_testing(Config({}), out=out, out_item=item)


@pytest.mark.parametrize(('workers', 'threads'), [(0, 4), (1, 3), (9, 1)])
def test_torch_leaves_cores_to_the_workers(monkeypatch, workers, threads):
    given = []
    monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    monkeypatch.setattr(launch, 'get_device', lambda: 'cpu')
    monkeypatch.setattr(torch, 'get_num_threads', lambda: 4)
    monkeypatch.setattr(torch, 'set_num_threads', given.append)
    cfg = Config({'train_dataloader': {'num_workers': workers}, 'val_dataloader': None})
    launch._leave_cores_to_loaders(cfg)
    monkeypatch.setenv('OMP_NUM_THREADS', '4')
    launch._leave_cores_to_loaders(cfg)
    assert given == [threads]
