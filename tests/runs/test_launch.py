"""Launching says what is wrong with the way it was launched."""

import pytest
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
