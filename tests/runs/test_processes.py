"""Trainings in several processes: the samples of one, resumed bit by bit, ended with the true cause."""

import pytest
import torch

from mmchan.runs.stopping import EXIT_CODE
from mmchan.runs.workdir import last_checkpoint
from mmchan.weights.checkpoints import read_checkpoint
from tests.runs import exact_runs, ranks
from tests.runs.exact_runs import ending, kill_resume

pytestmark = pytest.mark.slow

SAME_TOTAL = {'runtime_cfg.total_batch_size': ranks.TOTAL}
BOTH_KILLED = dict.fromkeys((0, 1), ending('after_train_iter', 11, how='SIGKILL'))


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """Where all run: the data is written once, by the first; one thread, as the other processes have."""
    folder = tmp_path_factory.mktemp('processes')
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder
    torch.set_num_threads(threads)


def noting(file):
    """Options that write down the batches of a training."""
    hook = {'type': 'mmchan.BatchesHook', 'file': str(file)}
    return {'cfg_options': {**SAME_TOTAL, 'default_hooks.batches': hook}}


@pytest.fixture(scope='module')
def one(place):
    """A training in one process, and its batches."""
    file = place / 'one.jsonl'
    exact_runs.train(place / 'one', **noting(file))
    return ranks.batches([file])


def test_two_processes_see_the_batches_of_one_and_resume_bit_by_bit(place, one):
    files = [place / f'two{rank}.jsonl' for rank in (0, 1)]
    settings = {'of_rank': {rank: noting(file) for rank, file in enumerate(files)}}
    assert ranks.train(place / 'two', **settings) == [0, 0]
    assert ranks.batches(files) == one

    assert set(ranks.train(place / 'ended', ends=BOTH_KILLED, cfg_options=SAME_TOTAL)) == {-9}
    assert ranks.train(place / 'ended', cfg_options=SAME_TOTAL) == [0, 0]
    assert kill_resume.compare(place / 'two', place / 'ended') == []


def test_one_process_goes_on_with_the_batches_of_two(place, one):
    assert ranks.train(place / 'less', ends=BOTH_KILLED, cfg_options=SAME_TOTAL) == [-9, -9]
    file = place / 'less.jsonl'
    exact_runs.train(place / 'less', **noting(file))
    rest = ranks.batches([file])
    assert min(rest) == 10  # saved after every second iteration, killed in the eleventh
    assert rest == {iteration: batch for iteration, batch in one.items() if iteration >= 10}


def test_asked_to_stop_all_save_and_leave(place):
    asked = {0: ending('after_train_iter', 11, how='SIGTERM')}
    assert ranks.train(place / 'asked', ends=asked, cfg_options=SAME_TOTAL) == [EXIT_CODE, EXIT_CODE]
    # they agree on an iteration soon after
    assert 11 <= read_checkpoint(str(last_checkpoint(place / 'asked')))['meta']['iter'] < 21


def test_process_that_fails_is_the_one_whose_error_is_told(place):
    failing = {1: ending('after_train_iter', 3, how='raise')}
    assert ranks.train(place / 'fails', ends=failing, cfg_options=SAME_TOTAL) == [1, 1]
    assert 'exact_runs.py' in (place / 'fails' / '1.out').read_text()
    assert 'Broken: on purpose' in (place / 'fails' / '1.out').read_text()
    assert 'Process 0 ends because another one failed' in (place / 'fails' / '0.out').read_text()
