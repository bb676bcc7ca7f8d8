"""Sphinx configuration; `make docs` builds the site into build/docs, without the internet."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / '_ext'))
sys.path.insert(0, str(Path(__file__).parents[1]))

import family_pages
from mmcv.transforms.utils import cache_randomness

from mmchan import __version__

project = 'mmchan'
author = 'the mmchan authors'
release = version = __version__
html_title = 'mmchan'

extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx_copybutton',
    'sphinx_design',
    'commands',
    'config_errata',
    'explorer_data',
    'findings',
    'generated_pages',
    'html_words',
    'languages',
    'measured',
    'rank_pictures',
    'site_data',
    'widths',
    'words',
]
exclude_patterns = ['_*', 'locale']
locale_dirs = ['locale']
gettext_location = False  # lines move with every edit
templates_path = ['_templates']
suppress_warnings = ['config.cache']

myst_enable_extensions = ['colon_fence', 'deflist']
myst_heading_anchors = 3
autodoc_member_order = 'bysource'
autodoc_typehints = 'none'  # they stand in the signatures
autodoc_default_options = {'members': True}
napoleon_use_ivar = True  # members with a docstring of their own are not described twice
napoleon_custom_sections = [('Source', 'notes')]
copybutton_exclude = '.linenos, .gp, .go'

# their tables need the place of the page's contents; patterns may not overlap
WIDE_PAGES = ('zoo', 'explorer', *(f'families/{name}' for name in family_pages.pages()))

html_theme = 'pydata_sphinx_theme'
html_static_path = ['_static']
html_css_files = ['css/palette.css', 'css/charts.css', 'css/site.css', 'css/zoo.css']
html_show_sourcelink = False
html_context = {'default_mode': 'auto'}  # the theme's own default makes it complain in the console
html_theme_options = {
    'header_links_before_dropdown': 6,
    'show_prev_next': False,
    'navigation_with_keys': False,
    'navbar_end': ['language-switch', 'theme-switcher', 'navbar-icon-links'],
    'secondary_sidebar_items': {'**': ['page-toc'], **{page: [] for page in WIDE_PAGES}},
    'footer_start': ['copyright'],
    'footer_end': [],
}
html_sidebars = {
    'zoo': [],
    'explorer': [],
    'index': [],
    'fast': [],
    'findings': [],
    'glossary': [],
    'errata': [],
    'changelog': [],
}
copyright = 'the mmchan authors, Apache-2.0'

# napoleon asks classes for their methods; those that mmcv wraps answer objects alone
_get = cache_randomness.__get__
cache_randomness.__get__ = lambda method, one, kind=None: method if one is None else _get(method, one, kind)
