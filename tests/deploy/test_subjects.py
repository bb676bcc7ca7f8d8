"""Words that name what is measured."""

import pytest

from mmchan.channels import list_variants
from mmchan.deploy.subjects import CONFIG, FILE, VARIANT, Subject, find_subjects
from mmchan.errors import InputError


def test_patterns_families_and_names_give_variants_once_each():
    found = find_subjects(['RegNetX_400MF', 'rexnet-1.*', 'regnetx-400mf'])
    expected = ['regnetx-400mf', *(name for name in list_variants() if name.startswith('rexnet-1.'))]
    assert found == [Subject(name, VARIANT) for name in expected]
    assert len(expected) > 4


def test_the_name_of_a_family_means_its_variants_alone():
    found = {subject.name for subject in find_subjects(['rexnet'])}
    assert found == set(list_variants(family='rexnet'))


def test_paths_are_configs_and_files(tmp_path):
    model = tmp_path / 'model.onnx'
    model.touch()
    words = ['configs/a.py', str(model)]
    assert find_subjects(words) == [Subject(words[0], CONFIG), Subject(words[1], FILE)]


@pytest.mark.parametrize(
    ('word', 'message'),
    [
        ('rexnet-1.0', "unknown variant 'rexnet-1.0'; did you mean 'rexnet-1.0x'"),
        ('rexnett*', "no variant matches 'rexnett\\*'; did you mean 'rexnet'"),
        ('nowhere.onnx', "there is no file 'nowhere.onnx'; mmchan export writes one"),
    ],
)
def test_a_word_that_names_nothing_is_refused(word, message):
    with pytest.raises(InputError, match=message):
        find_subjects([word])
