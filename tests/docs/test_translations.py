"""The Chinese site: nothing of it is missing or outdated, and every page leads to it."""

import io
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages import Catalog, Message
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

ROOT = Path(__file__).parents[2]
LANGUAGE = 'zh_CN'
SWITCH = re.compile(r'<a class="nav-link mm-language" lang="zh-CN"[^>]* href="([^"]*)"')
KEPT = re.compile(r'`[^`]+`|\{\d\}|(?<=\]\()[^)]*|href="[^"]*"|<code.*?</code>')
IN_README = 'README_zh-CN.md'  # a README leads to the other one


@pytest.fixture
def ours(extension):
    """The modules of docs/_ext that translate."""
    names = ('catalogues', 'html_words', 'languages', 'words')
    return SimpleNamespace(**{name: extension(name) for name in names})


@pytest.mark.slow
def test_no_translation_is_missing_or_outdated(ours, site):
    messages = ours.catalogues.gathered(site / '.doctrees')
    assert messages.keys() > {'README', 'scripts', 'howto', 'zoo'}
    found = [*ours.catalogues.faults(messages, LANGUAGE)]
    assert found == [], f'{len(found)} messages; see docs/locale/README.md\n' + '\n'.join(found)


def test_chinese_readme_is_made_from_the_english_one(ours):
    made = ours.catalogues.readme_in(LANGUAGE)
    assert (ROOT / IN_README).read_text(encoding='utf-8') == made, 'run make translations'


@pytest.mark.parametrize(
    'path', sorted(ROOT.glob('docs/locale/*/LC_MESSAGES/*.po')), ids=lambda path: path.stem
)
def test_translation_keeps_code_addresses_and_places(ours, path):
    for one in ours.words.in_force(ours.words.catalogue(path.parts[-3], path.stem)):
        lost = Counter(KEPT.findall(one.id)) - Counter(KEPT.findall(one.string))
        assert not lost.keys() - {IN_README}, one.id


@pytest.mark.slow
def test_switch_leads_to_the_same_page_in_chinese(site):
    # what [source] leads to is code alone
    pages = [path for path in site.rglob('*.html') if not {'_static', 'source'} & {*path.parts}]
    assert len(pages) > 50
    for page in pages:
        name = page.relative_to(site).as_posix().replace('py-modindex', 'genindex')
        (link,) = set(SWITCH.findall(page.read_text('utf-8')))  # in the header, and in a phone's menu
        assert (page.parent / link).resolve() == (site / 'zh_CN' / name).resolve()


CLICK = 'link => { link.addEventListener("click", (event) => event.preventDefault()); link.click(); }'


@pytest.mark.slow
def test_switch_takes_the_address_along(open_page):
    page = open_page('howto/train')
    page.evaluate("location.hash = 'mixed-precision?a=b'")
    link = page.locator('a.mm-language').first
    link.evaluate(CLICK)
    assert link.evaluate('link => link.href').endswith('/zh_CN/howto/train.html#mixed-precision?a=b')


@pytest.mark.parametrize(
    ('page', 'language', 'expected'),
    [
        ('index', 'en', 'zh_CN/index.html'),
        ('howto/train', 'en', '../zh_CN/howto/train.html'),
        ('index', 'zh_CN', '../index.html'),
        ('howto/train', 'zh_CN', '../../howto/train.html'),
    ],
)
def test_counterpart_is_the_page_in_the_other_language(ours, page, language, expected):
    assert ours.languages.counterpart(page, language) == expected


@pytest.mark.parametrize(
    ('message', 'expected'),
    [
        ('width', True),
        ('How-to', True),
        ('a `b`', False),
        ('of ReXNet', True),
        ('41.2', False),
        ('RegNetX-400MF', False),
        ('mmchan', False),
        ('`width`', False),
        ('<code>width</code> 3', False),
        ('[weights](https://example.org/a)', True),
        ('https://example.org/width', False),
    ],
)
def test_only_words_are_messages(ours, message, expected):
    assert ours.html_words.has_words(message) is expected


HTML = """<div title="All rows"><p>Sort <b>them</b>
  by cost.</p><style>p { color: red }</style><td>41.2</td><!-- no words -->
  <img alt="A plot" src="words.svg"></div>"""


def test_html_has_messages_in_blocks_and_attributes(ours):
    assert ours.html_words.messages(HTML) == ['All rows', 'Sort <b>them</b> by cost.', 'A plot']


def test_html_is_translated_in_its_place(ours):
    table = {'Sort <b>them</b> by cost.': '<b>排序</b>', 'A plot': '图'}
    expected = HTML.replace('Sort <b>them</b>\n  by cost.', '<b>排序</b>').replace('A plot', '图')
    assert ours.html_words.translated(HTML, lambda message: table.get(message, message)) == expected


def test_speaker_fills_the_places(ours, monkeypatch):
    monkeypatch.setattr(ours.words, 'translations', lambda language, domain: {'{0} of {1}': '{1} 中的 {0}'})
    ours.words.speaker.cache_clear()
    assert ours.words.speaker('xx')('{0} of {1}', 3, 90) == '90 中的 3'
    assert ours.words.speaker('xx')('{0} left', 3) == '3 left'
    assert ours.words.speaker('en')('{0} of {1}', 3, 90) == '3 of 90'
    ours.words.speaker.cache_clear()


def test_what_differs_in_numbers_is_translated_alike(ours):
    messages = Catalog()
    for message in (
        '8 to 64',
        '[weights](https://example.org/b)',
        '8 at 64',
        'width',
        'b2: widths 8, 16, 16.',
    ):
        messages.add(message)
    known = [
        Message('1 to 2', '1 到 2'),
        Message('[weights](https://example.org/a)', '[权重](https://example.org/a)'),
        Message('1 at 1', '1 于 1'),  # does not say which is which
        Message('width', '宽度'),
        Message('net-1.0x: widths 1, 2.', 'net-1.0x 的宽度 1, 2。'),
    ]
    ours.catalogues.fill_alike(messages, known)
    assert {one.id: one.string or '' for one in messages if one.id} == {
        '8 to 64': '8 到 64',
        '[weights](https://example.org/b)': '[权重](https://example.org/b)',
        '8 at 64': '',
        'width': '宽度',
        'b2: widths 8, 16, 16.': 'b2 的宽度 8, 16, 16。',
    }


def test_chinese_is_searched_by_signs_and_pairs(ours):
    assert ours.languages.PairsOfSigns({}).split('分组卷积 of RegNet-400mf') == [
        *('分', '组', '卷', '积', '分组', '组卷', '卷积'),
        *('of', 'RegNet', '400mf'),
    ]


INDEX = """# Zoo

```{raw} html
<p title="Zoo">Where <a href="a">it</a> is</p>
```

```{toctree}
api/room
```
"""
PAGES = {
    'index': INDEX,
    'api/room': '# mmchan.room\n\n```{eval-rst}\n.. automodule:: missing\n```\n',
}
CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Zoo"
msgstr "模型库"

msgid "Where <a href=\\"a\\">it</a> is"
msgstr "<a href=\\"a\\">它</a>在哪里"
"""


@pytest.fixture
def chinese(ours, tmp_path):
    """A small site in Chinese: its pages by name."""
    source, catalogues = tmp_path / 'docs', tmp_path / 'docs/locale/zh_CN/LC_MESSAGES'
    catalogues.mkdir(parents=True)
    (catalogues / 'index.po').write_text(CATALOGUE, encoding='utf-8')
    for name, text in PAGES.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / f'{name}.md').write_text(text, encoding='utf-8')
    settings = {
        'language': LANGUAGE,
        'locale_dirs': ['locale'],
        'extensions': ['myst_parser', 'html_words', 'languages', 'words'],
        'html_theme': 'pydata_sphinx_theme',
        'html_theme_options': {'navbar_end': ['language-switch']},
        'templates_path': [str(ROOT / 'docs/_templates')],
    }
    built, warnings = tmp_path / 'built', io.StringIO()
    with patch_docutils(), docutils_namespace():
        Sphinx(source, None, built, built, 'html', settings, status=None, warning=warnings).build()
    assert warnings.getvalue() == ''
    return {name: (built / f'{name}.html').read_text(encoding='utf-8') for name in PAGES}


def test_page_its_html_and_the_theme_are_translated(chinese):
    assert '<h1>模型库' in chinese['index']
    assert 'placeholder="搜索文档…"' in chinese['index']
    assert '<p title="模型库"><a href="a">它</a>在哪里</p>' in chinese['index']


def test_page_of_the_api_leads_to_the_english_one(chinese):
    assert re.search(
        '<a class="nav-link mm-language" lang="en" .*href="../../api/room.html">', chinese['api/room']
    )
    assert 'API 参考的这一部分只有英文。' in chinese['api/room']
    assert '<a href="../../api/room.html" hreflang="en">mmchan.room</a>' in chinese['api/room']
