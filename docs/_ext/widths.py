"""The directive ``widths``: a drawing of some variants' widths per block.

In the browser ``widths-chart.js`` draws it, in the theme's colours; where scripts are off, the same
picture that ``mmchan show --plot`` draws is shown.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from words import speaker

from mmchan.channels import get_plan
from mmchan.drawing.widths import plot_widths

FIGURE = """<figure class="mm-widths" data-variants="{names}"></figure>
<noscript><img src="{root}_static/widths/{file}" alt="{alt}"></noscript>"""


class Widths(SphinxDirective):
    """``{widths} NAME NAME …`` draws the named variants together."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the static picture and return the figure."""
        names = self.arguments[0].split()
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
