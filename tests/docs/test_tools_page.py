"""What docs/tools.md says serves here does: its commands run, on the digits."""

import json
import re

import pytest
from PIL import Image

from mmchan.cli import COMMANDS, group
from mmchan.data.digits import write_digits
from tests.cli.command_lines import DIGITS
from tests.docs.pages_followed import ROOT, blocks_of, clone, commands_of, follow

pytestmark = pytest.mark.slow

FEW = 40  # images
WRITTEN = {
    'loss.png',
    'fed.png',
    'confusion/confusion.png',
    'metrics.json',
    'schedule.png',
    'cam/0992.png',
    'theirs.pth',
    'predictions/0992.png',
}


def small(words):
    """Smaller jobs: few images, no worker processes, short measurements."""
    if words[0] == 'bench':
        return [*words, '--rounds', '2']
    if words[0].endswith('tools/test.py'):
        few = ['test_dataloader.num_workers=0', f'test_dataloader.dataset.indices={FEW}']
        return [*words, '--cfg-options', *few]
    return words


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """A clone with the digits and a short run."""
    folder = clone(tmp_path_factory.mktemp('clone'))
    write_digits(folder / 'data' / 'digits')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        few = ['train_dataloader.num_workers=0', 'train_dataloader.dataset.indices=64']
        few += ['train_cfg.max_epochs=1', 'default_hooks.logger.interval=1']
        group.main(['train', str(DIGITS), '--cfg-options', *few, '--no-validate'], standalone_mode=False)
    run = folder / 'work_dirs' / DIGITS.stem
    (run / 'epoch_1.pth').rename(run / 'epoch_12.pth')  # as `make demo` leaves it
    return folder


def test_every_command_of_the_page_runs(place, monkeypatch):
    monkeypatch.chdir(place)
    for name in ('CONFIG', 'RUN', 'CHECKPOINT', 'PRETRAIN'):
        monkeypatch.setenv(name, '')
    for language, code in blocks_of('tools'):
        if language == 'python':
            exec(code, {})  # noqa: S102 - the page's code
        for line in commands_of(code) if language == 'shell' else ():
            if not line.startswith('docker '):
                follow(line, small)
    assert [name for name in WRITTEN if not (place / name).is_file()] == []
    assert len(list((place / 'published').iterdir())) == 2
    assert json.loads((place / 'metrics.json').read_text()).keys() == {'accuracy/top1'}
    with Image.open(place / 'fed.png') as sheet:
        assert sheet.width > 1000


def test_every_command_is_in_the_readme():
    table = (ROOT / 'README.md').read_text()
    scripts = {'train', 'test', 'get-flops', 'print-config', 'demo', 'demo-coco', 'demo-design'}
    named = set(re.findall(r'`mmchan ([a-z-]+)', table))
    assert set(COMMANDS) - scripts - {'log', 'replay'} <= named
