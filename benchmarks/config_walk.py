"""Does the check of configs raise a false alarm on the configs that OpenMMLab's libraries ship?

    python benchmarks/config_walk.py --processes 2
    python benchmarks/config_walk.py --packages mmdet --limit 100 --seed 1

Reads all configs of mmchan, mmpretrain, mmdet and mmsegmentation, as their wheels ship them, and says of each
all that `mmchan check` says: keys and kinds of values, what the parts mean together, and whether they can be
built. What it finds is either a true fault, which stands with the reason in config_errata.yml, or a false
alarm: a bug of ours. What is not installed here, and data that is not here, is counted apart. Prints counts;
ends with 1 where there is a false alarm.
"""

import logging
import multiprocessing
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import click
import yaml
from mmengine.config import Config
from mmengine.logging import MMLogger
from rich.table import Table

from mmchan import compat
from mmchan.checks.config.check import check_config
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.trial import NEEDS
from mmchan.checks.data import check_data
from mmchan.cli.console import console, table
from mmchan.findings import Finding
from mmchan.home import home
from mmchan.progress import track
from mmchan.runs.preparation import loaders_of

ERRATA = Path(__file__).with_name('config_errata.yml')
LIBRARIES = ('mmpretrain', 'mmdet', 'mmseg')
PACKAGES = ('mmchan', *LIBRARIES)
NEIGHBOURS = 10  # configs that a process takes at a time
Check = Callable[[Config, Sources], Iterable[Finding]]
_ITEM = re.compile(r'\[\d+\]')


@dataclass(frozen=True)
class Erratum:
    """A true fault of published configs.

    Attributes:
        group: What such faults do.
        package: Which library ships them.
        configs: Patterns of the paths below its folder of configs.
        keys: Patterns of the keys, their items as [].
        what: The fault.
        why: How one sees that it is a fault.
    """

    group: str
    package: str
    configs: tuple[str, ...]
    keys: tuple[str, ...]
    what: str
    why: str

    def covers(self, package: str, config: str, finding: Finding) -> bool:
        """Whether a finding is this fault."""
        key = _ITEM.sub('[]', finding.where.partition(' (')[0])  # without the line that set it
        # fnmatch takes brackets for sets
        keys = (pattern.replace('[]', '[[]]') for pattern in self.keys)
        return package == self.package and _fits(config, self.configs) and _fits(key, keys)


@dataclass(frozen=True)
class Walked:
    """What became of one config.

    Attributes:
        package: Which library ships it.
        config: Its path below the folder of configs.
        findings: What the check found, but for what is not here.
        unreadable: Why it could not be read; '' where it could.
        partial: Whether it is no config of a run, but one to inherit from.
        absent: What it needs, and is not installed here.
        without_data: Whether its data is not here.
    """

    package: str
    config: str
    findings: tuple[Finding, ...] = ()
    unreadable: str = ''
    partial: bool = False
    absent: tuple[str, ...] = ()
    without_data: bool = False

    @property
    def checked(self) -> bool:
        """Whether it is the config of a run, and could be read."""
        return not self.unreadable and not self.partial


def _fits(text: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def read_errata(path: Path = ERRATA) -> list[Erratum]:
    """The faults that are known."""
    groups = yaml.safe_load(path.read_text(encoding='utf-8'))
    return [_erratum(group, entry) for group, entries in groups.items() for entry in entries]


def _erratum(group: str, entry: dict) -> Erratum:
    return Erratum(group, **{**entry, 'configs': tuple(entry['configs']), 'keys': tuple(entry['keys'])})


def configs_of(package: str) -> list[tuple[str, Path]]:
    """The configs that a package ships: package and file."""
    compat.find_packages_by_import()
    if package == 'mmchan':
        folders = [home() / 'configs']
    else:
        root = Path(compat.get_installed_path(package))
        folders = [root / '.mim' / 'configs', root / 'configs']
    files = [file for folder in folders for file in sorted(folder.rglob('*.py'))]
    return [(package, file) for file in files if file.name != '__init__.py']


def chosen(files: Sequence[tuple[str, Path]], limit: int | None, seed: int) -> list[tuple[str, Path]]:
    """All files, or a sample of so many."""
    if limit is None or limit >= len(files):
        return list(files)
    return random.Random(seed).sample(files, limit)  # noqa: S311 (no secret)


def check_all(cfg: Config, sources: Sources) -> list[Finding]:
    """All that can be said about a config, for all data loaders that it has."""
    return check_config(cfg, loaders_of(cfg, 'all'), sources=sources)


def walk(
    files: Sequence[tuple[str, Path]], *, check: Check = check_all, processes: int = 1
) -> Iterator[Walked]:
    """Read and check configs one by one, or several at once, in their order.

    Args:
        files: The configs: package and file.
        check: What finds something in a config; a function of a module where there are several processes.
        processes: How many.
    """
    if processes == 1:
        _prepare()
        yield from map(partial(_checked, check), files)
        return
    with multiprocessing.get_context('spawn').Pool(processes, _prepare) as pool:
        # neighbours have parts in common, which are built once
        yield from pool.imap(partial(_checked, check), files, chunksize=NEIGHBOURS)


def _prepare() -> None:
    compat.apply()
    MMLogger.get_current_instance().setLevel(logging.CRITICAL)


def _checked(check: Check, each: tuple[str, Path]) -> Walked:
    package, file = each
    name = str(file).rpartition('/configs/')[2]
    with warnings.catch_warnings():
        # of configs that are out of date, and of what importing them imports
        warnings.simplefilter('ignore')
        try:
            cfg = Config.fromfile(file)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is theirs, and counted)
            return Walked(package, name, unreadable=f'{type(error).__name__}: {error}')
        if '_base_' in file.parts or file.stem.endswith('_base') or cfg.get('model') is None:
            return Walked(package, name, partial=True)
        if package in LIBRARIES:
            cfg.setdefault('default_scope', package)  # configs of a model alone leave that to the library
        return _found(Walked(package, name), cfg, list(check(cfg, Sources.of(file))))


def _found(walked: Walked, cfg: Config, found: list[Finding]) -> Walked:
    absent = tuple(finding.what for finding in found if finding.what.startswith(NEEDS))
    findings = tuple(finding for finding in found if finding.what not in absent)
    without_data = any(check_data(cfg, loaders_of(cfg, 'all')))
    return replace(walked, findings=findings, absent=absent, without_data=without_data)


def false_alarms(walked: Iterable[Walked], errata: Sequence[Erratum]) -> Iterator[tuple[Walked, Finding]]:
    """The findings that are no known faults."""
    for one in walked:
        for finding in one.findings:
            if not any(erratum.covers(one.package, one.config, finding) for erratum in errata):
                yield one, finding


def outdated(walked: Sequence[Walked], errata: Sequence[Erratum]) -> list[Erratum]:
    """The known faults that nothing has."""
    found = [(one.package, one.config, finding) for one in walked for finding in one.findings]
    return [erratum for erratum in errata if not any(erratum.covers(*each) for each in found)]


def summarise(walked: Sequence[Walked], alarms: Sequence[tuple[Walked, Finding]]) -> Table:
    """Counts by package."""
    headings = ('files', 'not readable', 'to inherit from', 'checked', 'without data', 'without libraries')
    grid = table(f'{len(walked):,} configs', 'package', *headings, 'true faults', 'false alarms')
    for package in dict.fromkeys(one.package for one in walked):
        ours = [one for one in walked if one.package == package]
        states = ('unreadable', 'partial', 'checked', 'without_data', 'absent')
        counts = [sum(bool(getattr(one, state)) for one in ours) for state in states]
        false = sum(one.package == package for one, _ in alarms)
        true = sum(len(one.findings) for one in ours) - false
        grid.add_row(package, *(f'{count:,}' for count in (len(ours), *counts, true, false)))
    return grid


def summarise_faults(walked: Sequence[Walked], errata: Sequence[Erratum]) -> Table:
    """Counts of true faults by what they do."""
    found = [(one.package, one.config, finding) for one in walked for finding in one.findings]
    grid = table('True faults', 'what they do', 'faults', 'configs')
    for group in dict.fromkeys(erratum.group for erratum in errata):
        ours = [erratum for erratum in errata if erratum.group == group]
        covered = [each for each in found if any(erratum.covers(*each) for erratum in ours)]
        configs = {(package, config) for package, config, _ in covered}
        grid.add_row(group, f'{len(covered):,}', f'{len(configs):,}')
    return grid


def tell_what_is_not_here(walked: Sequence[Walked]) -> None:
    """Print why configs could not be read, and what others need that is not installed here."""
    for reason, count in Counter(one.unreadable for one in walked if one.unreadable).most_common():
        click.echo(f'not readable, {count}: {reason[:200]}')
    for reason, count in Counter(reason for one in walked for reason in one.absent).most_common():
        click.echo(f'{count} times: {reason[:200]}')


@click.command()
@click.option(
    '--packages', multiple=True, type=click.Choice(PACKAGES), default=PACKAGES, help='Whose configs.'
)
@click.option('--limit', type=click.IntRange(1), help='A sample of so many.')
@click.option('--seed', type=int, default=0, show_default=True, help='Of the sample.')
@click.option('--processes', type=click.IntRange(1), default=1, show_default=True, help='Work at once.')
def main(packages: tuple[str, ...], limit: int | None, seed: int, processes: int) -> None:
    """Check configs as they were published."""
    started = time.monotonic()
    files = chosen([each for package in packages for each in configs_of(package)], limit, seed)
    errata = read_errata()
    results = walk(files, processes=processes)
    walked = [next(results) for _ in track(files, 'checking configs', unit='files')]
    alarms = list(false_alarms(walked, errata))
    console().print(summarise(walked, alarms))
    console().print(summarise_faults(walked, errata))
    tell_what_is_not_here(walked)
    if limit is None and set(packages) == set(PACKAGES):
        for erratum in outdated(walked, errata):
            click.echo(f'nothing has this fault any more: {erratum.package} {erratum.what}')
    for one, finding in alarms:
        click.echo(f'{one.package} {one.config}: {finding.state}: {finding}')
    click.echo(f'{len(alarms)} false alarms, {time.monotonic() - started:.0f} s')
    sys.exit(bool(alarms))


if __name__ == '__main__':
    main()
