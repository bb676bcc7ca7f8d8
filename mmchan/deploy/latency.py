"""The latency of networks on this machine: opened in every runtime that is asked for, timed in turn."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import prod

import torch
from torch import nn

from mmchan.deploy.forms import LEAST_SECONDS, Form, Settings
from mmchan.deploy.networks import RANDOM, Network, Size, load_config_network, load_variant
from mmchan.deploy.opening import Opened, open_file, open_network
from mmchan.deploy.subjects import FILE, VARIANT, Subject
from mmchan.errors import InputError
from mmchan.measure.latencies import Measured
from mmchan.measure.timing import Timing, interleave

HELD = 2 << 30  # bytes of weights that are open at once; what is opened together is timed in turn
# a stack of dense convolutions: nothing that networks are made of computes more in a second
PROBE_SIZE: Size = (224, 224)
PROBE_WIDTH, PROBE_DEPTH, PROBE_STRIDE = 256, 4, 8
PROBE = f'{PROBE_DEPTH} convolutions 3x3 of {PROBE_WIDTH} channels'

Progress = Callable[[Sequence[Subject]], Iterable[Subject]]
Say = Callable[[str], None]


def measure(
    subjects: Sequence[Subject],
    forms: Sequence[Form],
    settings: Settings,
    *,
    size_of: Callable[[Subject], Size | None] = lambda subject: None,
    progress: Progress = iter,
    say: Say = lambda line: None,
) -> Iterator[Measured]:
    """Time networks, each in every form that it can take; those that fit into memory together, in turn.

    Args:
        subjects: What is measured.
        forms: Runtime, precision and batch.
        settings: Threads, rounds, name of the machine.
        size_of: Height and width of a network's input; None where it tells itself.
        progress: Goes through the networks as they are opened, and may show how far it is.
        say: Gets a line where a form is left out, and why, and where timing begins.

    Raises:
        InputError: For a network that cannot be loaded, and where none can take any of the forms.
    """
    done = 0
    with threads_set(settings.threads):
        for group in _groups(subjects, forms, settings, size_of, progress, say):
            say(f'timing {len(group)} in turn, {settings.rounds} rounds')
            found = interleave(_calls(group), rounds=settings.rounds, least_seconds=LEAST_SECONDS)
            done += len(group)
            for opened, timing in zip(group, found.values(), strict=True):
                yield measured(opened, timing, settings)
    if not done:
        raise InputError('nothing was measured: no network can take any of the forms')


def measure_one(subject: Subject, form: Form, settings: Settings, *, size: Size | None = None) -> Measured:
    """The latency of one network in one form.

    Raises:
        InputError: For a network that cannot be loaded, and for a form that it cannot take.
    """
    with threads_set(settings.threads):
        opened = _open(subject, size, settings.threads)(form)
        return _timed(opened, settings)


def _timed(opened: Opened, settings: Settings) -> Measured:
    found = interleave(_calls([opened]), rounds=settings.rounds, least_seconds=LEAST_SECONDS)
    return measured(opened, found['0'], settings)


def _calls(group: Sequence[Opened]) -> dict[str, Callable[[], object]]:
    return {str(number): opened.call for number, opened in enumerate(group)}


def _groups(
    subjects: Sequence[Subject],
    forms: Sequence[Form],
    settings: Settings,
    size_of: Callable[[Subject], Size | None],
    progress: Progress,
    say: Say,
) -> Iterator[list[Opened]]:
    """What is open at once."""
    group: list[Opened] = []
    for subject in progress(subjects):
        group += open_subject(subject, forms, settings.threads, size=size_of(subject), say=say)
        if sum(opened.held for opened in group) > HELD:
            yield group
            group = []
    if group:
        yield group


def open_subject(
    subject: Subject, forms: Sequence[Form], threads: int, *, size: Size | None, say: Say
) -> list[Opened]:
    """A network in every form that it can take.

    Args:
        subject: What is opened.
        forms: Runtime, precision and batch.
        threads: That compute.
        size: Of its input; None where it tells itself.
        say: Gets a line for each form that is left out.
    """
    open_as = _open(subject, size, threads)
    opened = []
    for form in forms:
        try:
            opened.append(open_as(form))
        except InputError as error:
            say(f'{subject.name}, {form} is left out: {error}')
    return opened


def _open(subject: Subject, size: Size | None, threads: int) -> Callable[[Form], Opened]:
    """A function that opens a subject in a form; what is no file is loaded once."""
    if subject.kind == FILE:
        return partial(open_file, subject.name, threads=threads, size=size)
    return partial(open_network, subject.name, load(subject, size), threads=threads)


def load(subject: Subject, size: Size | None) -> Network:
    """The network of a variant or a config."""
    loader = load_variant if subject.kind == VARIANT else load_config_network
    return loader(subject.name, size)


def measured(opened: Opened, timing: Timing, settings: Settings) -> Measured:
    """The record of a timing; microseconds are what a clock knows."""
    low, middle, high = (round(1000 * value, 3) for value in (timing.low, timing.median, timing.high))
    return Measured(
        network=opened.name,
        resolution='x'.join(map(str, opened.size)),
        device=settings.device_name,
        runtime=opened.form.runtime,
        precision=opened.form.precision,
        batch=opened.form.batch,
        ms=middle,
        low_ms=low,
        high_ms=high,
        rounds=len(timing.seconds),
        weights=opened.weights,
    )


@contextmanager
def threads_set(threads: int) -> Iterator[None]:
    """Let torch compute with a number of threads, and with the former one afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def measure_probe(form: Form, settings: Settings) -> Measured:
    """The latency of a stack of dense convolutions, by which :func:`probe_macs` gives the machine's speed."""
    opened = open_network(PROBE, Network(_probe(), PROBE_SIZE, RANDOM), form, threads=settings.threads)
    with threads_set(settings.threads):
        return _timed(opened, settings)


def _probe() -> nn.Module:
    stem = nn.Conv2d(3, PROBE_WIDTH, PROBE_STRIDE, PROBE_STRIDE)
    layers = [nn.Conv2d(PROBE_WIDTH, PROBE_WIDTH, 3, padding=1) for _ in range(PROBE_DEPTH)]
    relus = itertools.repeat(nn.ReLU(inplace=True), PROBE_DEPTH)
    inside = itertools.chain.from_iterable(zip(layers, relus, strict=True))
    pool = nn.AdaptiveAvgPool2d(1)
    return nn.Sequential(stem, *inside, pool, nn.Flatten()).eval()


def probe_macs() -> int:
    """Multiply-accumulates of the probe for one image."""
    pixels = prod(side // PROBE_STRIDE for side in PROBE_SIZE)
    return pixels * PROBE_WIDTH * (3 * PROBE_STRIDE**2 + PROBE_DEPTH * 9 * PROBE_WIDTH)
