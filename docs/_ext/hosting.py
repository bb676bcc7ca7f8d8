"""Where the site is served: its address, the versions beside it, previews of its links.

The address comes from the environment: MMCHAN_SITE_URL, else what Read the Docs tells. Without one the site
is a copy on somebody's disk: it has no previews, which need addresses, and its list of versions is in the
page itself, because a page from file:// may fetch no file.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from site_files import write
from sphinx.application import Sphinx

VERSIONS = '_static/switcher.json'
HERE = '#'  # the address of a version that is this copy
PREVIEWS = {
    'image': '_static/brand/logo.png',
    'image_mini': '_static/brand/logo.png',
    'line_color': '#007a5a',
}


def site_url(environment: Mapping[str, str] = os.environ) -> str:
    """Where the site is served, with a slash at the end; '' where nobody knows."""
    url = environment.get('MMCHAN_SITE_URL') or environment.get('READTHEDOCS_CANONICAL_URL') or ''
    return url and url.rstrip('/') + '/'


def versions(version: str, url: str) -> list[dict[str, object]]:
    """The versions that exist, as the theme's switcher reads them."""
    return [{'name': version, 'version': version, 'url': url or HERE, 'preferred': True}]


def switcher(version: str, url: str) -> dict[str, str]:
    """The theme's option: where the list of versions is, and which of them this is."""
    inline = 'data:application/json,' + quote(json.dumps(versions(version, url)))
    return {'json_url': url + VERSIONS if url else inline, 'version_match': version}


def write_versions(app: Sphinx) -> None:
    """Write the list of versions where it is served."""
    text = json.dumps(versions(app.config.release, site_url()), indent=2)
    write(Path(app.outdir) / VERSIONS, text + '\n')


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect('builder-inited', write_versions)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
