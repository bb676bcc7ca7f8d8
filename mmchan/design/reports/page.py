"""The report's page: one file that needs no other and no network."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from mmchan.design.reports import chapters
from mmchan.design.reports.html import Values, paragraph, section
from mmchan.drawing.inline import colour_variables
from mmchan.drawing.pictures import Picture

Drawn = Mapping[str, Sequence[tuple[Picture, str]]]
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
{style}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
{lead}
<nav aria-label="Sections"><ul>{links}</ul></nav>
</header>
<main>
{sections}
</main>
{network}
<script type="application/json" id="networks">{networks}</script>
<script>
{script}
</script>
</body>
</html>
"""
NETWORK = """<aside id="network" aria-label="Network" tabindex="-1" hidden>
<div class="bar"><h2 data-part="title"></h2><button type="button" data-part="close">Close</button></div>
<dl data-part="facts"></dl>
<div data-part="drawing"></div>
<div class="scroll" role="region" aria-label="Stages" tabindex="0"><table data-part="stages"></table></div>
<p>
<button type="button" data-part="copy">Copy config</button>
<span role="status" data-part="copied"></span>
</p>
<pre tabindex="0" role="region" aria-label="Config" data-part="config"></pre>
</aside>
<p role="status" class="unseen" id="said"></p>"""
SHOWN = ('id', 'error', 'spread', 'trials', 'failed', 'macs', 'parameters', 'activations', 'fit', 'config')
SHOWN += ('widths', 'depths', 'bottleneck_widths', 'group_widths')


def page(numbers: Mapping[str, object], drawn: Drawn) -> str:
    """The page.

    Args:
        numbers: All that it shows.
        drawn: Figures by section, with their SVG elements.
    """
    values = Values(numbers)
    sections = [(name, title, make(values, drawn.get(name, ()))) for name, title, make in chapters.CHAPTERS]
    sections = [(name, title, parts) for name, title, parts in sections if parts]
    source = files('mmchan.design.reports')
    return PAGE.format(
        title=escape(_title(numbers['spaces'])),
        lead=_lead(values),
        links=''.join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title, _ in sections),
        sections='\n'.join(section(name, title, *parts) for name, title, parts in sections),
        network=NETWORK,
        networks=_embedded(numbers['spaces']),
        light=colour_variables(),
        dark=colour_variables(dark=True),
        style=(source / 'page.css').read_text(encoding='utf-8'),
        script=(source / 'page.js').read_text(encoding='utf-8'),
    )


def _title(spaces: Sequence[Mapping]) -> str:
    names = [space['name'] for space in spaces]
    return f'Design spaces: {", ".join(names)}' if len(names) > 1 else f'Design space: {names[0]}'


def _lead(values: Values) -> str:
    kind = (
        'the smallest error of any epoch, as in the papers'
        if values.of('error') == 'minimum'
        else 'that of the last epoch'
    )
    return paragraph(
        f'The error of a network is 1 minus {escape(str(values.of("objective")))}; that of a training is '
        f'{kind}. '
        f'Choose a point of a figure to see its network: click or tap it, or walk with the arrow keys. '
        f'The figures as PNG and SVG are in <code>figures</code> beside this page, all numbers in '
        f'<code>report.json</code>.'
    )


def _embedded(spaces: Sequence[Mapping]) -> str:
    """The networks as JSON that can stand in a script element."""
    found = [
        {
            'name': space['name'],
            'networks': [{name: one[name] for name in SHOWN} for one in space['networks']],
        }
        for space in spaces
    ]
    return json.dumps(found, allow_nan=False, separators=(',', ':')).replace('<', '\\u003c')
