"""The pages of models: all are there, what they show to copy is true; published costs beside our counts."""

import ast
import contextlib
import io
import re
import shlex

import pytest
import skimage.data
from mmengine.config import Config
from PIL import Image

from mmchan.channels import find_variant, get_plan, list_variants, out_channels
from mmchan.cli import group
from mmchan.measure.model import build_on_meta
from mmchan.models.backbone import PlanBackbone
from mmchan.zoo.recounting import figures

PARTS = re.compile(r'<th scope="row">((?:stage|block) \d+)</th>')
GLUED = re.compile(r'</(?:dt|dd|th|td)><(?:dt|dd|th|td|div)')
# a network per library: the weights of the first are a package, those of the second expect BGR
BUILT = {'mmpretrain': 'efficientnet-lite0', 'mmdet': 'regnety-400mf', 'mmseg': 'rexnet-1.0x'}


@pytest.mark.parametrize('name', list_variants())
def test_snippets_are_python_and_commands_that_exist(name, extension):
    found = dict(extension('model_snippets').snippets(name))
    for line in found.pop('Command line')[1].splitlines():
        program, command, *words = shlex.split(line)
        assert program == 'mmchan'
        known = group.get_command(None, command)
        options = {option for parameter in known.params for option in parameter.opts}
        assert {word for word in words if word.startswith('--')} <= options
    for _, code in found.values():
        ast.parse(code)
        assert f"'{name}'" in code


@pytest.mark.slow
def test_python_snippet_says_what_it_prints(tmp_path, monkeypatch, extension):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(skimage.data.chelsea()).save('photo.jpg')
    code = extension('model_snippets').snippets('efficientnet-lite0')['Python'][1]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {})  # noqa: S102 - the page's code
    names, widths = (line for line in said.getvalue().splitlines() if ' - INFO - ' not in line)
    assert 'cat' in names
    assert widths == re.search(r'# (\[.*\])', code).group(1)


@pytest.mark.slow
@pytest.mark.parametrize(('library', 'name'), BUILT.items())
def test_config_builds_with_the_colours_of_its_weights(library, name, tmp_path, extension):
    snippets = extension('model_snippets')
    (tmp_path / 'config.py').write_text(snippets.snippets(name)[library][1])
    cfg = Config.fromfile(tmp_path / 'config.py')
    if 'data_preprocessor' in cfg:  # as the Runner does
        cfg.model.setdefault('data_preprocessor', cfg.data_preprocessor)
    model = build_on_meta(cfg)
    assert isinstance(model.backbone, PlanBackbone)
    assert model.backbone.plan.family == find_variant(name).family
    assert cfg.model.backbone.init_cfg.checkpoint
    if library != 'mmpretrain':
        assert cfg.model.neck.in_channels == out_channels(name, snippets.maps_of(name))
        assert model.backbone.out_strides == (4, 8, 16, 32)
    images = cfg.model.data_preprocessor
    mean = {'mmpretrain': 127.5, 'mmdet': 103.53, 'mmseg': 123.675}[library]  # of the first channel
    assert images.mean[0] == pytest.approx(mean)
    turned = images.get('bgr_to_rgb', images.get('to_rgb'))
    assert turned == (library != 'mmdet')


@pytest.mark.slow
def test_every_variant_has_a_page_with_its_layers(site):
    for name in list_variants():
        text = (site / f'models/{name}.html').read_text('utf-8')
        assert f'<h1>{name}' in text
        plan = get_plan(name)
        parts = {f'stage {number}' for number in range(len(plan.stages))}
        parts |= {f'block {number}' for number in range(len(plan.blocks))}
        assert set(PARTS.findall(text)) == parts
        assert GLUED.search(text) is None  # the search shows the text without its tags


@pytest.mark.slow
def test_model_page_links_lead_somewhere(site):
    page = site / 'models/rexnet-1.0x.html'
    links = re.findall(r'href="([^"#:]+\.(?:html|py))"', page.read_text('utf-8'))
    assert len(links) > 10
    here = [link for link in links if 'zh_CN' not in link]  # which another build writes
    assert [link for link in here if not (page.parent / link).is_file()] == []


@pytest.mark.slow
def test_published_figure_opens_its_arithmetic(open_page):
    page = open_page('recounted')
    index, figure = next(
        (number, one)
        for number, one in enumerate(figures())
        if one.printed == '420592480'  # EfficientNet-B0 in mmpretrain, every digit
    )
    point = page.locator(f'.mm-point[data-name="{index}"]')
    point.focus()
    page.keyboard.press('Enter')
    panel = page.locator('[data-part="arithmetic"]')
    assert page.evaluate('document.activeElement.dataset.part') == 'arithmetic'
    assert figure.network in panel.locator('h2').inner_text()
    assert panel.locator('tfoot td').last.inner_text().replace(',', '') == figure.printed


@pytest.mark.slow
def test_published_costs_are_told_without_scripts(open_page, site):
    page = open_page('recounted', java_script_enabled=False)
    off = sum(one.state != 'same' for one in figures())
    assert page.locator('.mm-figures-off tbody tr').count() == off
    source = page.locator('noscript img').get_attribute('src')
    assert (site / source).read_text().lstrip().startswith('<?xml')
