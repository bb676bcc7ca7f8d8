"""The house stays simple: no function is hard to follow, most are short. (Imports: `make lint`.)"""

from pathlib import Path
from statistics import mean

from radon.complexity import cc_visit

PACKAGE = Path(__file__).parents[1] / 'mmchan'
MOST, MEAN = 12, 3.2  # cyclomatic complexity


def measured() -> dict[str, int]:
    """Complexity of every function, method and class."""
    return {
        f'{path.relative_to(PACKAGE)}:{block.lineno} {block.name}': block.complexity
        for path in PACKAGE.rglob('*.py')
        if '.mim' not in path.parts
        for block in cc_visit(path.read_text(encoding='utf-8'))
    }


def test_no_function_is_hard_to_follow_and_most_are_easy():
    found = measured()
    assert {name: value for name, value in found.items() if value > MOST} == {}
    assert mean(found.values()) < MEAN
