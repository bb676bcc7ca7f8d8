"""Every key of a config is traced to the line that set it."""

import pytest

from mmchan.checks.config.sources import Sources
from mmchan.runs.config import load_config

BASE = """
lr = 0.1
pipeline = [dict(type='Load'), dict(type='Flip', prob=0.5)]
model = dict(
    type='Net',
    backbone=dict(type='ResNet', depth=50),
    head=dict(type='Head', loss=dict(type='Loss', weight=1.0)))
loader = dict(dataset=dict(pipeline=pipeline), batch_size=2)
optim_wrapper = dict(optimizer=dict(lr=lr))
"""
CHILD = """
_base_ = ['base.py']
model = dict(
    backbone=dict(depth=18),
    head=dict(_delete_=True, type='Other'))
extra = {'width': 64, 'names': ['a', 'b']}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'base.py').write_text(BASE)
    (tmp_path / 'child.py').write_text(CHILD)
    return tmp_path


def place(folder, key, *, more='', options=None):
    """The place of a key in the child's config with more lines, which begin with line 7."""
    (folder / 'child.py').write_text(CHILD + more)
    return Sources.of('child.py', options).place(key)


@pytest.mark.parametrize(
    ('key', 'expected'),
    [
        ('model', 'child.py:3'),
        ('model.type', 'base.py:5'),
        ('model.backbone.depth', 'child.py:4'),
        ('model.backbone.type', 'base.py:6'),
        ('model.head.type', 'child.py:5'),
        ('model.head.loss.weight', 'child.py:5'),  # deleted: the nearest that is there
        ('loader.dataset.pipeline', 'base.py:8'),
        ('loader.dataset.pipeline[1].prob', 'base.py:3'),
        ('optim_wrapper.optimizer.lr', 'base.py:9'),
        ('extra.width', 'child.py:6'),
        ('extra.names[1]', 'child.py:6'),
        ('model.backbone.frozen', 'child.py:4'),
        ('nothing', ''),
        ('', ''),
    ],
)
def test_place_is_the_line_that_set_a_key_last(folder, key, expected):
    assert place(folder, key) == expected


@pytest.mark.parametrize(
    ('line', 'key', 'unchanged'),
    [
        ("extra['width'] = 128", 'extra.width', {'extra.names': 'child.py:6'}),
        ('_base_.model.type = 1', 'model.type', {'model.backbone.type': 'base.py:6'}),
        ('extra.update(dict(width=128))', 'extra.width', {'extra.names': 'child.py:6'}),
        ("extra['names'] += ['c']", 'extra.names', {'extra.names[0]': 'child.py:6'}),
        ("extra['names'].append('c')", 'extra.names[2]', {'extra.names[0]': 'child.py:6'}),
        ("extra['names'].insert(0, 'c')", 'extra.names[0]', {'extra.width': 'child.py:6'}),
        ("for i in range(2): extra['names'][i] = 'c'", 'extra.names[1]', {'extra.width': 'child.py:6'}),
        ('if True: extra = dict(width=3)', 'extra.width', {}),
        ('made = make(3)', 'made.depth', {}),
        ('one, two = 1, 2', 'two', {}),
        ('model = dict(neck={{_base_.model.head}})', 'model.neck', {'model.neck.loss': 'base.py:7'}),
        ("model = dict(neck='{{_base_.model.head}}')", 'model.neck', {'model.neck.loss': 'base.py:7'}),
        (
            'model = dict(neck=dict(**_base_.model.head, x=1))',
            'model.neck.x',
            {'model.neck.type': 'base.py:7'},
        ),
        ('steps = [*_base_.pipeline, dict(type=1)]', 'steps[2].type', {'steps[1].prob': 'base.py:3'}),
        ('steps = _base_.pipeline + [dict(type=1)]', 'steps[2].type', {'steps[1].prob': 'base.py:3'}),
    ],
)
def test_place_follows_statements(folder, line, key, unchanged):
    assert place(folder, key, more=line + '\n') == 'child.py:7'
    for other, expected in unchanged.items():
        assert place(folder, other, more=line + '\n') == expected


def test_options_are_the_place_of_what_they_set(folder):
    options = {'model.backbone.dpeth': 50, 'pipeline.1.prob': 0.1, 'model.head': {'loss': {'type': 'X'}}}
    sources = Sources.of('child.py', options)
    assert sources.options == options.keys()
    assert sources.place('model.backbone.dpeth') == '--cfg-options model.backbone.dpeth'
    assert sources.place('pipeline[1].prob') == '--cfg-options pipeline.1.prob'
    assert sources.place('pipeline[1].type') == 'base.py:3'
    assert sources.place('model.head.loss.type') == '--cfg-options model.head'
    assert sources.place('model.head.type') == 'child.py:5'


def test_names_read_are_those_that_some_line_uses(folder):
    names = Sources.of('child.py').names_read
    assert {'pipeline', 'lr'} <= names
    assert not {'model', 'loader', 'extra'} & names


def test_new_style_bases_are_followed(folder):
    text = 'with read_base():\n    from .base import *\n    from .base import lr as rate\n'
    text += 'model.update(dict(type=1))\n'
    (folder / 'new.py').write_text(text)
    sources = Sources.of('new.py')
    assert sources.place('model.type') == 'new.py:4'
    assert sources.place('model.backbone.depth') == 'base.py:6'
    assert sources.place('rate') == 'base.py:2'


def test_configs_of_packages_are_followed(folder):
    (folder / 'far.py').write_text("_base_ = 'mmdet::_base_/default_runtime.py'\n")
    assert load_config('far.py').default_scope == 'mmdet'
    path, _, line = Sources.of('far.py').place('default_scope').rpartition(':')
    assert path.endswith('/mmdet/.mim/configs/_base_/default_runtime.py')
    assert int(line) > 0


def test_keys_with_dots_are_found(folder):
    more = "keys = {'.pos_embed': 1,\n 'backbone.layer0': dict(decay_mult=0)}\n"
    assert place(folder, 'keys.backbone.layer0.decay_mult', more=more) == 'child.py:8'


@pytest.mark.parametrize('text', ['model = dict(\n', "_base_ = 'absent.py'\n", "_base_ = 'odd.py'\nx = 1\n"])
def test_what_cannot_be_read_has_no_places(folder, text):
    (folder / 'odd.py').write_text(text)
    assert Sources.of('odd.py').place('model') == ''
    assert Sources.of('absent.py').place('model') == ''


def test_yaml_has_a_file_and_no_lines(folder):
    (folder / 'child.yml').write_text('_base_: base.py\nmodel:\n  backbone:\n    depth: 18\n')
    sources = Sources.of('child.yml')
    assert sources.place('model.backbone.depth') == 'child.yml'
    assert sources.place('model.type') == 'base.py:5'
