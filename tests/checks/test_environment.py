"""The examination of damaged environments: each fault is found, blamed and given its remedy."""

import shlex

import pytest

from mmchan.checks import environment
from mmchan.checks.environment import diagnose, examine
from mmchan.findings import FAIL, OK, WARN
from tests.checks.fakes import OPS, TORCH, FakeEnvironment


@pytest.fixture
def fake(tmp_path, monkeypatch):
    monkeypatch.setenv('PATH', str(tmp_path))  # neither python nor nvidia-smi
    return FakeEnvironment(tmp_path / 'environment')


def findings(fake):
    return {finding.where: finding for finding in diagnose(examine(str(fake.python)))}


def states(fake):
    return {name: finding.state for name, finding in findings(fake).items() if finding.state != OK}


def test_healthy_environment_without_gpu_has_one_warning(fake):
    found = findings(fake)
    assert [name for name, finding in found.items() if finding.state != OK] == ['GPU']
    assert found['GPU'].state == WARN
    assert found['GPU'].what == 'none: CPU only'
    assert found['torch'].what == '2.12.0+cu130'
    assert found['mmcv'].what == 'mmcv 2.1.0 with CPU ops'
    assert not any(finding.remedy for finding in found.values())


def test_gpu_is_named(fake):
    fake.write('torch', TORCH.format(gpu='NVIDIA H200'))
    fake.write('mmcv.ops', OPS.format('13.0'))
    found = findings(fake)
    assert {finding.state for finding in found.values()} == {OK}
    assert found['GPU'].what == 'NVIDIA H200'
    assert found['mmcv'].what == 'mmcv 2.1.0 with GPU ops'


def test_cpu_ops_beside_a_gpu_are_a_warning(fake):
    fake.write('torch', TORCH.format(gpu='NVIDIA H200'))
    assert states(fake) == {'mmcv': WARN}
    assert 'MMCV_WITH_OPS=1' in findings(fake)['mmcv'].remedy


def test_driver_that_torch_does_not_see_is_named(fake, tmp_path):
    (tmp_path / 'nvidia-smi').touch(mode=0o755)
    finding = findings(fake)['GPU']
    assert finding.state == WARN
    assert 'wrong build or old driver' in finding.what
    assert "install 'torch>=2.6,<2.14' torchvision" in finding.remedy


MISSING = {
    'setuptools': (FAIL, 'setuptools', "-m pip install 'setuptools<82'"),
    'torch': (FAIL, 'torch', "-m pip install 'torch>=2.6,<2.14'"),
    'torchvision': (FAIL, 'torchvision', '-m pip install torchvision'),
    'opencv-python': (FAIL, 'OpenCV', '-m pip install opencv-python'),
    'mmengine': (FAIL, 'mmengine', '-m pip install mmengine'),
    'mmcv': (
        FAIL,
        'mmcv',
        "-m pip install --no-build-isolation --no-cache-dir --no-deps --no-binary=mmcv 'mmcv>",
    ),
    'mmpretrain': (FAIL, 'mmpretrain', '-m pip install mmpretrain'),
    'mmdet': (WARN, 'mmdet', '-m pip install mmdet'),
    'scikit-learn': (WARN, 'scikit-learn', '-m pip install scikit-learn'),
}


@pytest.mark.parametrize('distribution', MISSING)
def test_missing_distribution_is_to_be_installed(fake, distribution):
    state, name, remedy = MISSING[distribution]
    fake.uninstall(distribution)
    finding = findings(fake)[name]
    assert finding.state == state
    assert remedy in finding.remedy
    assert shlex.split(finding.remedy)[0] == str(fake.python)


def test_empty_environment_is_examined(fake):
    for distribution in [*MISSING, 'mmchan']:
        fake.uninstall(distribution)
    found = findings(fake)
    assert {name for name, finding in found.items() if finding.state == FAIL} == {
        'setuptools',
        'torch',
        'torchvision',
        'OpenCV',
        'mmengine',
        'mmcv',
        'mmpretrain',
    }
    assert all(finding.remedy for finding in found.values() if finding.state == FAIL)
    # mmchan itself is not installed either, but runs from its clone
    assert found['mmengine'].remedy.endswith("-m pip install 'mmengine>=0.10.7,<0.11'")


def test_decoder_of_jpeg_is_named_but_not_missed(fake):
    assert findings(fake)['simplejpeg'].what.startswith('absent; OpenCV decodes JPEG')
    fake.install('simplejpeg', '1.9.0')
    assert findings(fake)['simplejpeg'].what == '1.9.0'
    assert states(fake) == {'GPU': WARN}


def test_leftover_metadata_are_no_trouble(fake):
    (fake.packages / 'mmcv_lite-2.1.0.dist-info').mkdir()
    (fake.packages / '~orch-2.11.0.dist-info').mkdir()
    assert states(fake) == {'GPU': WARN}


def test_mismatched_torchvision_names_both_torches(fake):
    fake.install('torchvision', '0.28.0', requirements=['torch==2.13.0'], modules={'torchvision': ''})
    finding = findings(fake)['torchvision']
    assert finding.state == FAIL
    assert finding.what == '0.28.0 was built for torch 2.13.0, installed is torch 2.12.0'
    assert finding.remedy.endswith('-m pip install torch==2.12.0 torchvision')


def test_torchvision_of_another_build_is_found_by_its_import(fake):
    fake.install('torch', '2.12.0+cpu')
    fake.write('torchvision', 'raise RuntimeError("operator torchvision::nms does not exist")')
    finding = findings(fake)['torchvision']
    assert finding.state == FAIL
    assert 'RuntimeError: operator torchvision::nms does not exist' in finding.what
    assert '-m pip uninstall -y torch torchvision && ' in finding.remedy


def test_broken_torch_is_mended_before_what_stands_on_it(fake):
    fake.write('torch', 'raise OSError("libcudart.so.13: cannot open shared object file")')
    found = findings(fake)
    assert 'libcudart.so.13' in found['torch'].what
    assert '-m pip uninstall -y torch && ' in found['torch'].remedy
    for name in ('torchvision', 'mmengine', 'mmpretrain', 'mmdet'):
        assert found[name].state == FAIL
        assert found[name].remedy == 'first torch, then run this again'


def test_library_that_kills_python_gets_the_blame_alone(fake):
    fake.write('torchvision', 'import os; os.abort()')
    fake.write('mmengine.runner', '')
    found = findings(fake)
    assert [name for name, finding in found.items() if finding.state == FAIL] == ['torchvision']
    assert 'importing torchvision killed Python (exit code -6)' in found['torchvision'].what


def test_library_that_hangs_is_given_up(fake, monkeypatch):
    monkeypatch.setattr(environment, 'SECONDS', 2)
    fake.write('cv2', 'import time; time.sleep(60)')
    finding = findings(fake)['OpenCV']
    assert finding.state == FAIL
    assert 'importing cv2 took more than 2 s' in finding.what


def test_library_that_prints_or_leaves_is_no_trouble(fake):
    fake.write('sklearn.datasets', 'print("{}"); print("not json")')
    fake.write('mmdet.models', 'import sys; sys.exit("go away")')
    assert states(fake) == {'mmdet': FAIL, 'GPU': WARN}
    assert 'SystemExit: go away' in findings(fake)['mmdet'].what


def test_mmsegmentation_may_be_absent_and_is_examined_where_it_is_not(fake):
    assert findings(fake)['mmsegmentation'].what == 'absent; only its own configs need it'
    modules = {'mmseg': '', 'mmseg.models': 'import torch, ftfy'}
    fake.install('mmsegmentation', '1.2.2', requirements=[], modules=modules)
    found = findings(fake)['mmsegmentation']
    assert found.state == FAIL
    assert "1.2.2 does not import: ModuleNotFoundError: No module named 'ftfy'" in found.what
    assert found.remedy.endswith('-m pip install ftfy regex')
    fake.write('ftfy', '')
    assert findings(fake)['mmsegmentation'].state == OK


def test_mmcv_without_ops_is_to_be_built(fake):
    fake.write('mmcv.ops', 'raise ModuleNotFoundError("No module named \'mmcv._ext\'")')
    fake.write('mmpretrain.models', 'import mmcv.ops')
    found = findings(fake)
    assert 'mmcv._ext' in found['mmcv'].what
    assert "-m pip install 'setuptools<82' wheel ninja psutil && MMCV_WITH_OPS=1" in found['mmcv'].remedy
    for name in ('mmpretrain', 'mmdet'):
        assert found[name].remedy == 'first mmcv, then run this again'


def test_mmcv_of_another_torch_is_to_be_built(fake):
    fake.write('mmcv.ops', 'raise ImportError("_ext.so: undefined symbol: _ZN3c106detail")')
    finding = findings(fake)['mmcv']
    assert 'undefined symbol' in finding.what
    assert finding.remedy.startswith(f'{fake.python} -m pip uninstall -y mmcv && ')


def test_mmcv_too_new_for_mmdet_is_to_be_built(fake):
    fake.install('mmcv', '2.2.0')
    for module in ('mmcv', 'mmcv.ops'):
        fake.write(module, OPS.format('not available'))
    fake.write('mmdet', 'raise AssertionError("MMCV==2.2.0 is used but incompatible.")')
    found = findings(fake)
    assert found['mmcv'].state == WARN
    assert found['mmcv'].what == 'mmcv 2.2.0; mmchan was tried with >=2.1,<2.2'
    assert found['mmdet'].state == FAIL
    assert "--no-binary=mmcv 'mmcv>=2.1,<2.2'" in found['mmdet'].remedy


@pytest.mark.parametrize(
    ('second', 'name', 'remedy'),
    [
        ('mmengine-lite', 'mmengine', 'uninstall -y mmengine mmengine-lite && '),
        ('mmcv-lite', 'mmcv', 'uninstall -y mmcv mmcv-lite && '),
        ('opencv-python-headless', 'OpenCV', 'uninstall -y opencv-python opencv-python-headless && '),
    ],
)
def test_two_distributions_of_one_library_are_a_fault(fake, second, name, remedy):
    fake.install(second, '1.0')
    finding = findings(fake)[name]
    assert finding.state == FAIL
    assert finding.what.endswith('overwrite each other')
    assert remedy in finding.remedy


def test_mmengine_lite_serves_as_well(fake):
    fake.uninstall('mmengine')
    fake.install('mmengine-lite', '0.10.7', modules={'mmengine': '', 'mmengine.runner': ''})
    assert states(fake) == {'GPU': WARN}


def test_opencv_without_libgl_becomes_headless(fake):
    fake.write('cv2', 'raise ImportError("libGL.so.1: cannot open shared object file")')
    assert findings(fake)['OpenCV'].remedy.endswith('-m pip install opencv-python-headless')


def test_setuptools_without_pkg_resources_is_a_fault(fake):
    fake.uninstall('setuptools')
    fake.install('setuptools', '82.0.0')
    finding = findings(fake)['setuptools']
    assert finding.state == FAIL
    assert '82.0.0 has no pkg_resources' in finding.what


@pytest.mark.parametrize('distribution', ['transformers', 'openmim'])
def test_unwanted_distribution_is_a_warning(fake, distribution):
    fake.install(distribution, '5.0')
    assert states(fake) == {distribution: WARN, 'GPU': WARN}
    assert findings(fake)[distribution].remedy.endswith(f'-m pip uninstall -y {distribution}')


def test_transformers_that_breaks_mmpretrain_is_the_one_to_go(fake):
    fake.install('transformers', '5.0')
    fake.write('mmpretrain.models', "raise ImportError(\"cannot import name 'x' from 'transformers'\")")
    finding = findings(fake)['mmpretrain']
    assert finding.state == FAIL
    assert finding.remedy.endswith('-m pip uninstall -y transformers')


def test_untried_version_is_a_warning(fake):
    fake.install('torch', '2.14.1')
    fake.install('torchvision', '0.29.1', requirements=['torch==2.14.1'])
    for module in ('torch', 'torchvision'):
        fake.write(module, TORCH.format(gpu=''))
    finding = findings(fake)['torch']
    assert finding.state == WARN
    assert finding.what == '2.14.1; mmchan was tried with >=2.6,<2.14'


def test_wrong_python_is_a_fault(fake):
    facts = examine(str(fake.python))
    old = environment.Facts(**{**vars(facts), 'python': (3, 9, 18)})
    finding = diagnose(old)[0]
    assert (finding.where, finding.state) == ('Python', FAIL)
    assert '3.9.18; needed is 3.10 to 3.12' in finding.what
