"""Pages whose examples run."""

import doctest
import re
from pathlib import Path

EXAMPLE = re.compile(r'^```pycon\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def failures(page: Path) -> list[str]:
    """What doctest says of the examples of a page, which run as one session; nothing where all are right."""
    code = '\n'.join(EXAMPLE.findall(page.read_text(encoding='utf-8')))
    assert code, f'{page} has no example'
    test, said = doctest.DocTestParser().get_doctest(code, {}, page.stem, str(page), 0), []
    doctest.DocTestRunner().run(test, out=said.append)
    return said
