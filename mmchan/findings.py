"""What any check says. Checks collect their findings; whoever asked shows all of them, or stops with all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import indent

from mmchan.errors import InputError

OK, WARN, FAIL = 'ok', 'warn', 'fail'


@dataclass(frozen=True)
class Finding:
    """What a check says about one thing.

    Attributes:
        state: 'ok'; 'warn' for what only takes something away; 'fail' for what makes the job worthless.
        where: The thing: a path in a config, a file, a package.
        what: What was found.
        remedy: What mends it, as an order or a shell command; empty where there is nothing to mend. Several
            lines stand below what was found.
    """

    state: str
    where: str
    what: str
    remedy: str = ''

    def __str__(self) -> str:
        said = f'{self.where}: {self.what}'
        if not self.remedy:
            return said
        return f'{said}\n{self.remedy}' if '\n' in self.remedy else f'{said}; {self.remedy}'


def stop_at(findings: Iterable[Finding], advice: str = '') -> None:
    """Raise InputError that names every fault at once, with advice below; without one do nothing."""
    faults = [str(finding) for finding in findings if finding.state == FAIL]
    below = [advice] if advice else []
    if len(faults) == 1:
        raise InputError('\n'.join([*faults, *below]))
    if faults:
        listed = [f'- {indent(fault, "  ").lstrip()}' for fault in faults]
        raise InputError('\n'.join([f'{len(faults)} things are to be mended:', *listed, *below]))


def tolerated(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with every fault as a warning, for who knows better."""
    return [replace(finding, state=WARN) if finding.state == FAIL else finding for finding in findings]


def counted(findings: Iterable[Finding]) -> str:
    """How many there are: '3 errors, 1 warning'; '' where nothing is to be mended."""
    states = [finding.state for finding in findings]
    counts = {'error': states.count(FAIL), 'warning': states.count(WARN)}
    return ', '.join(f'{number} {name}{"s" * (number > 1)}' for name, number in counts.items() if number)
