"""The directive ``widths``: a drawing of some variants' widths per block.

In the browser ``widths-chart.js`` draws it, in the theme's colours; where scripts are off, the same
picture that ``mmchan show --plot`` draws is shown; of one network alone, plain bars.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from words import speaker

from mmchan.channels import find_variant, get_plan
from mmchan.drawing.widths import plot_widths

FIGURE = """<figure class="mm-widths" data-variants="{names}"></figure>
<noscript><img src="{root}_static/widths/{file}" alt="{alt}"></noscript>"""

BARS = """<figure class="mm-widths" data-variants="{name}">
<svg class="mm-chart" viewBox="0 0 {width} {height}" role="img"
 aria-label="Widths per block of {name}: {widths}">
<g class="mm-bars" data-series="{series}">{bars}</g></svg></figure>"""
BAR = '<rect x="{x}" y="{y:.1f}" width="{pitch}" height="{height:.1f}"></rect>'
PITCH, GAP, HEIGHT = 20, 3, 160


def bars(name: str) -> str:
    """A network's widths as bars, in HTML that the script replaces by its own drawing."""
    widths = get_plan(name).widths
    heights = [HEIGHT * width / max(widths) for width in widths]
    drawn = (
        BAR.format(x=PITCH * block, y=HEIGHT - height, pitch=PITCH - GAP, height=height)
        for block, height in enumerate(heights)
    )
    size = {'width': PITCH * len(widths), 'height': HEIGHT}
    said = ', '.join(map(str, widths))
    return BARS.format(name=name, series=find_variant(name).series, widths=said, bars=''.join(drawn), **size)


class Widths(SphinxDirective):
    """``{widths} NAME NAME …`` draws the named variants together."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the static picture and return the figure."""
        names = self.arguments[0].split()
        if len(names) == 1:
            return [nodes.raw('', bars(*names), format='html')]
        file = '_'.join(names) + '.svg'
        static = Path(self.env.app.outdir) / '_static/widths'
        plot_widths({name: get_plan(name) for name in names}, static / file)
        root = '../' * self.env.docname.count('/')
        alt = speaker(self.config.language)('Widths per block of {0}', ', '.join(names))
        html = FIGURE.format(names=' '.join(names), root=root, file=file, alt=alt)
        return [nodes.raw('', html, format='html', translatable=False)]


def setup(app):
    """Register the directive."""
    app.add_directive('widths', Widths)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
