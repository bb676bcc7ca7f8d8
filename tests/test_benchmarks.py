"""The benchmarks run, and what is kept of them is what they write."""

import copy
import importlib.util
import itertools
import json
import random

import pytest
from click.testing import CliRunner
from mmengine.config import Config
from mmengine.registry import init_default_scope

from tests.benchmark_scripts import load
from tests.cli.command_lines import ROOT

SCRIPT = ROOT / 'benchmarks' / 'transfer_digits.py'
KEPT = json.loads((SCRIPT.parent / 'results' / 'transfer_digits.json').read_text())


@pytest.fixture
def benchmark(monkeypatch):
    """The script as a module, on few images."""
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    whole = module.Training.config

    def config(training, work_dir):
        cfg = whole(training, work_dir)
        for loader in (cfg.train_dataloader, cfg.val_dataloader):
            loader.update(num_workers=0, persistent_workers=False)
            loader.dataset.indices = 64
        return cfg

    monkeypatch.setattr(module.Training, 'config', config)
    return module


@pytest.mark.slow
def test_transfer_is_compared_epoch_by_epoch(benchmark, tmp_path):
    options = ['--seeds', '1', '--pretraining', '2', '--epochs', '2', '--out', str(tmp_path / 'result.json')]
    printed = CliRunner().invoke(benchmark.main, options, catch_exceptions=False).output
    result = json.loads((tmp_path / 'result.json').read_text())
    assert result.keys() == KEPT.keys()
    assert [row['epoch'] for row in result['summary']] == [1, 2]
    (seed,) = result['seeds']
    for row, tuned, scratch in zip(result['summary'], seed['fine_tuned'], seed['from_scratch'], strict=True):
        assert row['gain'] == [pytest.approx(tuned - scratch, abs=0.01), 0.0]
        assert f'{tuned:.1f} ± 0.0' in printed
        assert f'{scratch:.1f} ± 0.0' in printed


def test_kept_transfer_is_of_several_seeds_and_gains_at_every_epoch():
    assert len(KEPT['seeds']) >= 3
    for row in KEPT['summary']:
        assert row['gain'][0] > row['gain'][1]  # the mean, beyond one standard deviation


@pytest.mark.slow
def test_mistakes_in_configs_are_noticed(tmp_path):
    """A small share of what benchmarks/fuzz_configs.py does."""
    configs = ['regnet/regnetx-400mf_1xb64_digits.py', 'rexnet/rexnet-1.0x_4xb128_in1k.py']
    options = [word for path in configs for word in ('--configs', str(ROOT / 'configs' / path))]
    out = tmp_path / 'fuzz.json'
    fuzz = load('fuzz_configs')
    printed = CliRunner().invoke(
        fuzz.main,
        ['--mutants', '100', '--trained', '0.4', '--out', str(out), *options],
        catch_exceptions=False,
    )
    result = json.loads(out.read_text())
    assert result['defects'] == [], printed.output
    counts = result['counts']
    assert {kind: sum(counts[kind].values()) for kind in fuzz.KINDS} == dict.fromkeys(fuzz.KINDS, 25)
    assert counts['renamed']['caught'] == 25
    assert result['trained'] > 0


def test_a_mutant_has_one_mistake_that_its_words_tell():
    mistakes = load('config_mistakes')
    cfg = Config(
        {'model': {'type': 'A', 'depth': 3, 'neck': {'width': [1, 2]}}, 'train_cfg': {'max_epochs': 2}}
    )
    for seed, (kind, mutate) in itertools.product(range(20), mistakes.KINDS.items()):
        rng, mutant = random.Random(seed), copy.deepcopy(cfg)  # noqa: S311 (no secret)
        mutation = mutate(rng, mutant, rng.choice(mistakes.keys_of(cfg)))
        if mutation is None:  # no place to go to
            continue
        assert mutant != cfg
        assert (mutation.kind, mistakes.dotted(mutation.key) in str(mutation)) == (kind, True)
        if mutation.new_key:
            mistakes.value_of(mutant, mutation.new_key)


def test_kept_trials_end_alike_by_both_paths_and_sooner_by_the_fast_one():
    kept = json.loads((SCRIPT.parent / 'results' / 'trial_paths.json').read_text())
    low, high = kept['interval']
    assert low <= 0 <= high
    assert len(kept['pairs']) >= 10
    assert kept['difference'] == pytest.approx(
        sum(pair['fast'] - pair['ordinary'] for pair in kept['pairs']) / len(kept['pairs']), abs=1e-5
    )
    assert kept['ratio'] > 2


@pytest.mark.slow
def test_pipelines_are_measured_stage_by_stage(tmp_path):
    pipeline, photographs = load('pipeline'), load('photographs')
    init_default_scope('mmpretrain')
    bench = pipeline.Bench(rounds=1, seed=0)
    paths = photographs.write(tmp_path, count=1, seed=0)
    pipelines = pipeline.Pipelines(pipeline.RECIPES['ReXNet'], tmp_path)
    bench.add('whole', pipelines.whole(), paths)
    for stage, calls, (theirs, ours) in pipelines.stages(paths):
        bench.add(stage, calls, theirs, ours=ours)
    steps = [
        'LoadImageFromFile',
        'RandomResizedCrop',
        'RandomFlip',
        'RandAugment',
        'RandomErasing',
        'PackInputs',
    ]
    assert [group.title for group in bench.groups] == ['whole', *steps]
    assert {tuple(row.name for row in group.rows) for group in bench.groups} == {('mmpretrain', 'mmchan')}
