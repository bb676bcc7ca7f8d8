"""What hosts, indexes and visitors read: parses, agrees with the package, and its links lead somewhere."""

import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

import mmchan
from mmchan.channels import families

ROOT = Path(__file__).parents[1]
NOTES = ('README.md', 'CONTRIBUTING.md', 'SECURITY.md', '.github/PULL_REQUEST_TEMPLATE.md')
ARXIV = re.compile(r'arXiv:(\d{4}\.\d{5})')
# of GitHub's forms
FIELDS = {'markdown', 'textarea', 'input', 'dropdown', 'checkboxes'}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding='utf-8')


@pytest.fixture
def extensions(monkeypatch):
    """The folder of the site's extensions, importable."""
    known = set(sys.modules)
    monkeypatch.syspath_prepend(ROOT / 'docs/_ext')
    yield
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], '__file__', '')).startswith(str(ROOT / 'docs/_ext')):
            del sys.modules[name]


def test_citation_is_of_this_version_and_names_the_families_papers():
    citation = yaml.safe_load(read('CITATION.cff'))
    assert {'cff-version', 'message', 'title', 'authors'} <= set(citation)  # what CFF 1.2.0 requires
    assert citation['version'] == mmchan.__version__
    assert f'license = "{citation["license"]}"' in read('pyproject.toml')
    for reference in citation['references']:
        assert {'type', 'title', 'authors'} <= set(reference)
    papers = {family.paper for family in families().values() if ARXIV.fullmatch(family.paper)}
    assert papers
    assert {f'arXiv:{number}' for number in ARXIV.findall(read('CITATION.cff'))} >= papers


def test_read_the_docs_runs_what_the_makefile_has():
    build = yaml.safe_load(read('.readthedocs.yaml'))['build']
    [target] = [command.split()[1] for command in build['commands'] if command.startswith('make ')]
    assert re.search(rf'^{target}:', read('Makefile'), re.MULTILINE)
    assert 'docs build/docs' in read('Makefile')  # what the last command copies
    assert f'Python :: {build["tools"]["python"]}"' in read('pyproject.toml')


@pytest.mark.parametrize(
    'path', sorted((ROOT / '.github/ISSUE_TEMPLATE').glob('*.yml')), ids=lambda path: path.stem
)
def test_issue_form_is_one(path):
    form = yaml.safe_load(path.read_text(encoding='utf-8'))
    if path.stem == 'config':
        assert set(form) <= {'blank_issues_enabled', 'contact_links'}
        return
    assert {'name', 'description', 'body'} <= set(form)
    names = [field['id'] for field in form['body']]
    assert len(set(names)) == len(names)
    assert all(field['type'] in FIELDS and field['attributes']['label'] for field in form['body'])


@pytest.mark.parametrize('name', NOTES)
def test_links_to_files_lead_to_files(name):
    links = re.findall(r'\]\((?!https?:|#)([^)#\s]+)', read(name))
    named = re.findall(r'(?<![\w/`])((?:docs|mmchan|tests|requirements)/[\w./-]+\.(?:md|py|txt))', read(name))
    for link in {*links, *named}:
        assert (ROOT / name).parent.joinpath(link).exists() or (ROOT / link).exists(), link


def test_drawings_and_badges_are_those_of_the_script(extensions):
    import brand

    for name, text in {**brand.drawings(), **brand.badges()}.items():
        assert (brand.FOLDER / name).read_text(encoding='utf-8') == text, 'run python docs/_ext/brand.py'


def test_bars_of_the_logo_are_the_widths(extensions):
    import brand

    boxes = brand.bars([16, 32, 64], 96)
    assert [bottom - top for _, top, _, bottom in boxes] == [24, 48, 96]
    assert [(left + right) / 2 for left, _, right, _ in boxes] == pytest.approx([16, 48, 80])


@pytest.mark.parametrize(
    ('environment', 'url'),
    [
        ({}, ''),
        ({'MMCHAN_SITE_URL': 'https://example.org/docs'}, 'https://example.org/docs/'),
        ({'READTHEDOCS_CANONICAL_URL': 'https://example.org/en/latest/'}, 'https://example.org/en/latest/'),
    ],
    ids=('nowhere', 'own', 'read-the-docs'),
)
def test_switcher_tells_the_version_that_exists(extensions, environment, url):
    import hosting

    assert hosting.site_url(environment) == url
    option = hosting.switcher(mmchan.__version__, url)
    [only] = hosting.versions(mmchan.__version__, url)
    assert option['version_match'] == only['version'] == mmchan.__version__
    if url:
        assert option['json_url'] == url + '_static/switcher.json'
        assert only['url'] == url
    else:
        kind, _, content = option['json_url'].partition(',')
        assert kind == 'data:application/json'
        assert json.loads(unquote(content)) == [only]
