"""What stands in the sections of the report's page: sentences and tables from its numbers, and figures."""

from collections.abc import Callable, Sequence

from mmchan.design.reports.chapters import distributions, spaces, structure
from mmchan.design.reports.chapters.common import Drawn, Parts
from mmchan.design.reports.html import Values

Chapter = tuple[str, str, Callable[[Values, Drawn], Parts]]
CHAPTERS: Sequence[Chapter] = (
    ('findings', 'Findings', spaces.findings),
    ('compared', 'What was compared', spaces.compared),
    ('edf', 'Distributions of errors', distributions.distributions),
    ('parameters', 'Errors and parameters', structure.parameters),
    ('fit', 'Quantised lines', structure.fit),
    ('search', 'Random search', distributions.search),
    ('blocks', 'Widths per block', structure.blocks),
    ('tenths', 'Best, middle and worst tenth', structure.tenths),
    ('curves', 'Learning curves', structure.curves),
    ('failures', 'Failures', spaces.failures),
)
