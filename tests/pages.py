"""Pages whose examples run."""

import doctest
import re
from pathlib import Path

EXAMPLE = re.compile(r'^```pycon\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def run_examples(page: Path) -> tuple[int, list[str]]:
    """Run the examples of a page as one session: how many there are, and what doctest finds wrong."""
    code = '\n'.join(EXAMPLE.findall(page.read_text(encoding='utf-8')))
    test, said = doctest.DocTestParser().get_doctest(code, {}, page.stem, str(page), 0), []
    doctest.DocTestRunner().run(test, out=said.append)
    return len(test.examples), said
