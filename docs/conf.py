"""Sphinx configuration; `make docs` builds the site into build/docs, without the internet."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / '_ext'))
sys.path.insert(0, str(Path(__file__).parents[1]))

import family_pages
import hosting
import sources
from mmcv.transforms.utils import cache_randomness

from mmchan import __version__
from mmchan.channels import list_variants

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
    'hosting',
    'html_words',
    'languages',
    'library_links',
    'measured',
    'model_parts',
    'photo',
    'rank_pictures',
    'recounted',
    'signatures',
    'site_data',
    'sources',
    'translated_html',
    'variant_search',
    'widths',
    'words',
]
if hosting.site_url():  # previews of links name their pictures by whole addresses
    extensions.append('sphinxext.opengraph')
    ogp_site_url = hosting.site_url()
    ogp_social_cards = hosting.PREVIEWS
    ogp_description_length = 160
    html_baseurl = hosting.site_url()
exclude_patterns = ['_*', 'locale']
locale_dirs = ['locale']
gettext_location = False  # lines move with every edit
templates_path = ['_templates']
suppress_warnings = ['config.cache']

linkcode_resolve = sources.resolve

myst_enable_extensions = ['colon_fence', 'deflist']
myst_heading_anchors = 3
autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
maximum_signature_line_length = 88  # a longer one gets a line per parameter
autodoc_default_options = {'members': True}
napoleon_use_ivar = True  # members with a docstring of their own are not described twice
napoleon_custom_sections = [('Source', 'notes')]
copybutton_exclude = '.linenos, .gp, .go'

# their tables need the place of the page's contents; patterns may not overlap
WIDE_PAGES = (
    *('zoo', 'explorer', 'recounted', 'models/index'),
    *(f'families/{name}' for name in family_pages.pages()),
    *(f'models/{name}' for name in list_variants()),
)

html_theme = 'pydata_sphinx_theme'
html_static_path = ['_static']
html_css_files = [
    f'css/{name}.css' for name in ('palette', 'charts', 'site', 'text', 'zoo', 'models', 'photo')
]
html_favicon = '_static/brand/icon.svg'
html_show_sourcelink = False
html_context = {'default_mode': 'auto'}  # the theme's own default makes it complain in the console
html_theme_options = {
    'logo': {
        'text': 'mmchan',
        'image_light': '_static/brand/logo-light.svg',
        'image_dark': '_static/brand/logo-dark.svg',
    },
    'switcher': hosting.switcher(release, hosting.site_url()),
    'check_switcher': False,  # it would fetch the address
    'navbar_end': ['version-switcher', 'language-switch', 'theme-switcher', 'navbar-icon-links'],
    'header_links_before_dropdown': 6,
    'show_prev_next': False,
    'navigation_with_keys': False,
    'secondary_sidebar_items': {'**': ['page-toc'], **{page: [] for page in WIDE_PAGES}},
    'footer_start': ['copyright'],
    'footer_end': [],
}
html_sidebars = {
    'zoo': [],
    'explorer': [],
    'index': [],
    'get_started': [],
    'fast': [],
    'findings': [],
    'photo': [],
    'glossary': [],
    'errata': [],
    'recounted': [],
    'changelog': [],
}
copyright = 'the mmchan authors, Apache-2.0'

# napoleon asks classes for their methods; those that mmcv wraps answer objects alone
_get = cache_randomness.__get__
cache_randomness.__get__ = lambda method, one, kind=None: method if one is None else _get(method, one, kind)
