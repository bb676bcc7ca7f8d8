"""The site in other languages: what Sphinx's own catalogues leave out, and the switch on every page.

English is built into a folder, every other language into a folder of its code in that one:
``sphinx -b html docs build/docs`` and ``sphinx -b html -D language=zh_CN docs build/docs/zh_CN``. The API
reference is written in English only: a page there tells so, and autodoc runs once.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from site_files import write_script
from sphinx.application import Sphinx
from sphinx.search import languages
from sphinx.search.en import SearchEnglish
from words import ENGLISH, speaker, translations

NAMES: Mapping[str, str] = MappingProxyType({ENGLISH: 'English', 'zh_CN': '中文'})
ENGLISH_ONLY = 'api/'
TITLE = re.compile(r'^# .*', re.MULTILINE)
STUB = """---
nosearch: true
---
{title}

{sentence}

<a href="{page}" hreflang="en">{name}</a>
"""
CHINESE = r'\u3400-\u9fff'  # as Python and JavaScript both read it in a regular expression
SPLITTER = f"""
var splitQuery = (query) => query.split(/[^\\p{{Letter}}\\p{{Number}}_]+/u).flatMap((run) =>
  run.match(/[{CHINESE}]+|[^{CHINESE}]+/g) ?? []).flatMap((run) =>
  /^[{CHINESE}]{{3,}}$/.test(run) ? [...run].slice(1).map((sign, place) => [...run][place] + sign) : [run]);
"""


class PairsOfSigns(SearchEnglish):
    """Search in Chinese without a dictionary: signs and pairs of them are words."""

    lang = 'zh'
    language_name = 'English'  # the stemmer's
    js_splitter_code = SPLITTER
    run = re.compile(rf'[{CHINESE}]+|[^\W{CHINESE}]+')

    def split(self, input: str) -> list[str]:
        """Words of Latin letters, Chinese signs and pairs of them."""
        return [word for run in self.run.findall(input) for word in indexed(run)]

    def word_filter(self, word: str) -> bool:
        """Whether to keep a word."""
        return bool(word) and word not in self.stopwords


def indexed(run: str) -> list[str]:
    """What a run of Chinese signs is found by: each sign and each pair; anything else by itself."""
    if not re.match(f'[{CHINESE}]', run):
        return [run]
    return [*run, *(run[place : place + 2] for place in range(len(run) - 1))]


def counterpart(page: str, language: str) -> str:
    """Where the same page stands in the other language, from the page itself."""
    up = '../' * page.count('/')
    return f'{up}zh_CN/{page}.html' if language == ENGLISH else f'{up}../{page}.html'


def add_switch(app: Sphinx, page: str, template: str, context: dict[str, object], *_: object) -> None:
    """Tell the templates of the page in the other language, and give scripts their words."""
    language = app.config.language
    other = next(code for code in NAMES if code != language)
    if page == 'py-modindex':  # of the API reference
        page = 'genindex'
    context['other_language'] = {
        'code': other.replace('_', '-'),
        'name': NAMES[other],
        'page': counterpart(page, language),
    }
    if language != ENGLISH:
        app.add_js_file('js/translations.js', priority=400, loading_method='defer')


def write_translations(app: Sphinx) -> None:
    """Write the script with the words that scripts say."""
    if app.config.language != ENGLISH and app.builder.format == 'html':
        path = Path(app.outdir) / '_static/js/translations.js'
        path.parent.mkdir(parents=True, exist_ok=True)
        write_script(path, 'translations', translations(app.config.language, 'scripts'))


def leave_english(app: Sphinx, page: str, content: list[str]) -> None:
    """Put a pointer to the English page in the place of a page of the API reference."""
    sentence = speaker(app.config.language)('This part of the API reference is written in English only.')
    of_english_site = app.config.language == ENGLISH and app.builder.name != 'gettext'
    if of_english_site or not page.startswith(ENGLISH_ONLY) or page == f'{ENGLISH_ONLY}index':
        return
    title = TITLE.search(content[0]).group()
    name, target = title.removeprefix('# '), f'../../{page}.html'
    stub = STUB.format(title=title, sentence=sentence, name=name, page=target)
    content[0] = title if app.builder.name == 'gettext' else stub  # the sentence is a message of ours


def set_words(app: Sphinx, config: object) -> None:
    """Options of the theme that hold words."""
    text = speaker(config.language)
    config.html_theme_options['search_bar_text'] = text('Search the docs ...')
    config.html_theme_options['header_dropdown_text'] = text('More')
    config.copyright = text('the mmchan authors, Apache-2.0')


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    languages['zh'] = PairsOfSigns
    app.connect('config-inited', set_words)
    app.connect('builder-inited', write_translations)
    app.connect('source-read', leave_english)
    app.connect('html-page-context', add_switch)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
