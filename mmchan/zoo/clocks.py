"""Where latencies of the zoo's networks come from: measured on this machine and remembered, or a file."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from mmchan.deploy.forms import Form, Settings
from mmchan.deploy.subjects import CONFIG, VARIANT, Subject
from mmchan.errors import InputError
from mmchan.home import cache_folder, home
from mmchan.measure.latencies import Measured, add_latencies, parsed_size, read_latencies
from mmchan.measure.machine import describe_machine
from mmchan.zoo.records import Row, Setting
from mmchan.zoo.rows import network_of

MARGIN = 1.25  # how much faster than the probe a network's arithmetic is taken to be at most

Key = tuple[str, str | None, str | None, int | None]


class GivenLatencies:
    """Latencies of a file, of one machine and one form.

    Attributes:
        setting: The machine and the form.

    Raises:
        InputError: For a file without latencies of the form, or with those of several machines.
    """

    def __init__(self, path: Path, form: Form, device: str | None = None) -> None:
        asked = (form.runtime, form.precision, form.batch)
        fitting = [one for one in read_latencies(path) if (one.runtime, one.precision, one.batch) == asked]
        named = [one for one in fitting if device in (None, one.device)]
        devices = sorted({one.device for one in named})
        if not devices:
            known = sorted({one.device for one in fitting})
            raise InputError(
                f'{path} has no latency of {form} on {device}; it has {", ".join(known)}'
                if known
                else f'{path} has no latency of {form}'
            )
        if len(devices) > 1:
            raise InputError(
                f'{path} is of several machines: give --device-name, one of {", ".join(devices)}'
            )
        self.setting = Setting(devices[0], *asked)
        self._ms = {(one.network, one.resolution): one.ms for one in named}

    def known(self, row: Row) -> float | None:
        """The latency of a record's network, ms; None where the file has none."""
        return self._ms.get((network_of(row), row.resolution))


class MeasuredLatencies:
    """Latencies on this machine, measured once and remembered in a file of the user's cache.

    Args:
        form: Runtime, precision and batch.
        settings: Threads and rounds.
        path: The file. None: one for this machine and these versions, in the user's cache.
        remeasure: Measure again what the file has.
        say: Gets a line for everything that is measured.
    """

    def __init__(
        self,
        form: Form,
        settings: Settings,
        *,
        path: Path | None = None,
        remeasure: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.form, self.settings, self.say = form, settings, say
        self.machine = describe_machine(threads=settings.threads)
        self.path = path or remembered_path(self.machine)
        self.measured: list[Measured] = []  # by this object
        old = [] if remeasure or not self.path.is_file() else read_latencies(self.path)
        self._found = {one.of: one for one in old}
        self._of_cost: dict[Key, Measured] = {}

    @property
    def setting(self) -> Setting:
        """The machine and the form."""
        form = self.form
        return Setting(self.settings.device_name, form.runtime, form.precision, form.batch)

    def known(self, row: Row) -> float | None:
        """The latency of a record's network, ms, where it was measured; else None."""
        found = self._of_cost.get(_key(row)) or self._found.get(self._of(network_of(row), row.resolution))
        return found and found.ms

    def latency_of(self, row: Row) -> float:
        """The latency of a record's network, ms, measured where it is not known.

        Raises:
            InputError: For a form that the network cannot take.
        """
        known = self.known(row)
        if known is not None:
            return known
        network = network_of(row)
        is_config = network == row.config
        subject = Subject(str(home() / network), CONFIG) if is_config else Subject(network, VARIANT)
        self.say(f'measuring {network} at {row.resolution}')
        found = self._measure(subject, parsed_size(row.resolution))
        return self._remember(replace(found, network=network), row).ms

    def least_ms(self, row: Row) -> float:
        """A time below which no network of a record's MACs stays here, ms."""
        return row.macs * self.form.batch / (MARGIN * self._macs_per_ms)

    @property
    def _macs_per_ms(self) -> float:
        """How fast dense convolutions are here."""
        from mmchan.deploy.latency import PROBE, PROBE_SIZE, measure_probe, probe_macs

        found = self._found.get(self._of(PROBE, 'x'.join(map(str, PROBE_SIZE))))
        if found is None:
            self.say(f'measuring how fast this machine is at most, by {PROBE}')
            found = self._remember(measure_probe(self.form, self.settings))
        return probe_macs() * self.form.batch / found.low_ms

    def _measure(self, subject: Subject, size: tuple[int, int]) -> Measured:
        from mmchan.deploy.latency import measure_one

        return measure_one(subject, self.form, self.settings, size=size)

    def _of(self, network: str, resolution: str) -> tuple:
        form = self.form
        return network, resolution, self.settings.device_name, form.runtime, form.precision, form.batch

    def _remember(self, found: Measured, row: Row | None = None) -> Measured:
        self._found[found.of] = found
        if row is not None:
            self._of_cost[_key(row)] = found
            self.measured.append(found)
        add_latencies(self.path, [found], self.machine)
        return found


def _key(row: Row) -> Key:
    """What records share that are of one network, differently trained."""
    return row.variant, row.detector, row.resolution, row.macs


def remembered_path(machine: dict[str, object]) -> Path:
    """The file that remembers what was measured on a machine with its versions."""
    digest = hashlib.sha256(json.dumps(machine, sort_keys=True).encode()).hexdigest()[:12]
    return cache_folder() / f'latencies-{digest}.json'


def rows_known(ordered: Sequence[Row], known: Callable[[Row], float | None]) -> list[Row]:
    """Those of the records whose latency is known."""
    return [row for row in ordered if known(row) is not None]
