"""Does the check of configs raise a false alarm on the configs that OpenMMLab's libraries ship?

    python benchmarks/config_walk.py
    python benchmarks/config_walk.py --packages mmdet --limit 100 --seed 1

Reads all configs of mmchan, mmpretrain, mmdet and mmsegmentation, as their wheels ship them, and checks the
names of their keys and the kinds of their values. What it finds is either a true fault, which stands with the
reason in config_errata.yml, or a false alarm: a bug of ours. Prints counts; ends with 1 where there is one.
"""

import logging
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import click
import yaml
from mmengine.config import Config
from mmengine.logging import MMLogger
from rich.table import Table

from mmchan import compat
from mmchan.checks.config.keys import check_keys
from mmchan.checks.config.sources import Sources
from mmchan.cli.console import console, table
from mmchan.findings import Finding
from mmchan.home import home
from mmchan.progress import track

ERRATA = Path(__file__).with_name('config_errata.yml')
LIBRARIES = ('mmpretrain', 'mmdet', 'mmseg')
PACKAGES = ('mmchan', *LIBRARIES)
_ITEM = re.compile(r'\[\d+\]')


@dataclass(frozen=True)
class Erratum:
    """A true fault of a published config.

    Attributes:
        package: Which library ships it.
        configs: Patterns of the paths below its folder of configs.
        key: Pattern of the key, its items as [].
        what: The fault.
        why: How one sees that it is a fault.
    """

    package: str
    configs: tuple[str, ...]
    key: str
    what: str
    why: str

    def covers(self, package: str, config: str, finding: Finding) -> bool:
        """Whether a finding is this fault."""
        inside = any(fnmatchcase(config, pattern) for pattern in self.configs)
        return package == self.package and inside and fnmatchcase(_ITEM.sub('[]', finding.where), self._key)

    @property
    def _key(self) -> str:
        return self.key.replace('[]', '[[]]')  # fnmatch takes brackets for sets


@dataclass(frozen=True)
class Walked:
    """What became of one config.

    Attributes:
        package: Which library ships it.
        config: Its path below the folder of configs.
        findings: What the check found.
        unreadable: Why it could not be read; '' where it could.
        partial: Whether it is no config of a run, but one to inherit from.
    """

    package: str
    config: str
    findings: tuple[Finding, ...] = ()
    unreadable: str = ''
    partial: bool = False


def read_errata(path: Path = ERRATA) -> list[Erratum]:
    """The faults that are known."""
    entries = yaml.safe_load(path.read_text(encoding='utf-8'))
    return [Erratum(**{**entry, 'configs': tuple(entry['configs'])}) for entry in entries]


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


def walk(files: Iterable[tuple[str, Path]]) -> Iterator[Walked]:
    """Read and check configs one by one."""
    compat.apply()
    MMLogger.get_current_instance().setLevel(logging.CRITICAL)
    for package, file in files:
        name = str(file).rpartition('/configs/')[2]
        with warnings.catch_warnings():
            warnings.simplefilter(
                'ignore'
            )  # of configs that are out of date, and of what importing them imports
            yield _checked(package, name, file)


def _checked(package: str, name: str, file: Path) -> Walked:
    try:
        cfg = Config.fromfile(file)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is theirs, and counted)
        return Walked(package, name, unreadable=f'{type(error).__name__}: {error}')
    if '_base_' in file.parts or cfg.get('model') is None:
        return Walked(package, name, partial=True)
    if package in LIBRARIES:
        cfg.setdefault('default_scope', package)  # configs of a model alone leave that to the library
    return Walked(package, name, tuple(check_keys(cfg, Sources.of(file))))


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
    headings = (
        'package',
        'files',
        'not readable',
        'to inherit from',
        'checked',
        'true faults',
        'false alarms',
    )
    grid = table(f'{len(walked):,} configs', *headings)
    for package in dict.fromkeys(one.package for one in walked):
        ours = [one for one in walked if one.package == package]
        unreadable = sum(bool(one.unreadable) for one in ours)
        partial = sum(one.partial for one in ours)
        false = sum(one.package == package for one, _ in alarms)
        true = sum(len(one.findings) for one in ours) - false
        cells = (len(ours), unreadable, partial, len(ours) - unreadable - partial, true, false)
        grid.add_row(package, *(f'{cell:,}' for cell in cells))
    return grid


@click.command()
@click.option(
    '--packages', multiple=True, type=click.Choice(PACKAGES), default=PACKAGES, help='Whose configs.'
)
@click.option('--limit', type=click.IntRange(1), help='A sample of so many.')
@click.option('--seed', type=int, default=0, show_default=True, help='Of the sample.')
def main(packages: tuple[str, ...], limit: int | None, seed: int) -> None:
    """Check configs as they were published."""
    started = time.monotonic()
    files = chosen([each for package in packages for each in configs_of(package)], limit, seed)
    errata = read_errata()
    walked = list(walk(track(files, 'checking configs', unit='files')))
    alarms = list(false_alarms(walked, errata))
    console().print(summarise(walked, alarms))
    for reason, count in Counter(one.unreadable for one in walked if one.unreadable).most_common():
        click.echo(f'not readable, {count}: {reason[:200]}')
    if limit is None and set(packages) == set(PACKAGES):
        for erratum in outdated(walked, errata):
            click.echo(f'nothing has this fault any more: {erratum.package} {erratum.key}')
    for one, finding in alarms:
        click.echo(f'{one.package} {one.config}: {finding.state}: {finding}')
    click.echo(f'{len(alarms)} false alarms, {time.monotonic() - started:.0f} s')
    sys.exit(bool(alarms))


if __name__ == '__main__':
    main()
