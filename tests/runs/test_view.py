"""The view of a training fits every terminal and says what there is to say."""

import io

import pytest
from rich.console import Console

from mmchan.runs.view import Metric, View, clock

FULL = View(
    title='regnetx-400mf_1xb64_digits_20260101_000000',
    iteration=116,
    iterations=276,
    epoch=5,
    epochs=12,
    elapsed=3725.0,
    remaining=75.0,
    speed=512.3,
    waiting=0.04,
    losses=[2.3, 1.8, 0.9, 0.42],
    loss=0.4213,
    lr=0.047,
    memory={'memory': 1.2e9, 'GPU memory': 3.4e9},
    metrics=[Metric('accuracy/top1', 90.25, 92.5, 2)],
)


def drawn(view, width):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(view)
    return console.file.getvalue()


@pytest.mark.parametrize('width', [80, 140])
def test_everything_is_shown(width):
    text = drawn(FULL, width)
    for part in [
        FULL.title,
        '1:02:05 since the start',
        '42%, 0:01:15 to go',
        '5 of 12',
        '116 of 276',
        '512 images/s',
        '4% of the time',
        '0.4213',
        '0.42',
        '0.047',
        '1.20 GB',
        '3.40 GB',
        'accuracy/top1  90.25, best 92.5 (2 validations ago)',
    ]:
        assert part in text


@pytest.mark.parametrize('width', [1, 20, 40, 59, 60, 61, 80, 109, 110, 140, 300])
def test_no_line_reaches_the_last_column(width):
    assert max(map(len, drawn(FULL, width).splitlines())) <= max(1, width - 1)


def test_start_without_any_figures():
    text = drawn(View('net', 0, 100), 80)
    assert 'starting' in text
    assert 'epoch' not in text
    assert 'learning rate' not in text


def test_validation_has_a_bar_of_its_own():
    text = drawn(View('net', 50, 100, validated=(3, 10)), 80)
    assert '3 of 10 batches' in text
    assert 'to go' not in text


def test_many_metrics_are_cut_short():
    metrics = [Metric(f'm{index}', 1.0, 1.0, 0) for index in range(7)]
    text = drawn(View('net', 50, 100, metrics=metrics), 80)
    assert 'm3  1, best 1 (now)' in text
    assert 'and 3 more metrics' in text


def test_clock_counts_days():
    assert clock(90061.7) == '1 day, 1:01:01'
