"""Are the weights and configs there that a config starts from?"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from mmchan.checks.config.parts import part
from mmchan.checks.walk import type_name, walk
from mmchan.findings import FAIL, Finding

# keys of models that name a file of weights or a config
_FILES = ('pretrained', 'teacher_ckpt', 'teacher_config')


def check_starts(cfg: Mapping, *, training: bool) -> Iterator[Finding]:
    """A fault for every local file of weights that does not exist; addresses are left alone.

    Args:
        cfg: The config of a run.
        training: Whether the run initialises weights, which a test does not.
    """
    resume = cfg.get('resume')  # older configs name the checkpoint itself
    named = {'load_from': cfg.get('load_from'), 'resume': resume}
    if training:
        named.update(_of_model(part(cfg, 'model')))
    for key, file in named.items():
        path = Path(file).expanduser() if _is_local(file) else None
        if path and not path.exists():
            yield Finding(FAIL, key, f'there is no file {file!r}', _nearest(path))


def _is_local(file: object) -> bool:
    return isinstance(file, str) and bool(file) and '://' not in file


def _of_model(model: Mapping) -> Iterator[tuple[str, object]]:
    for path, settings in walk(model, 'model'):
        if type_name(settings) == 'Pretrained':
            yield f'{path}.checkpoint', settings.get('checkpoint')
        for name in _FILES:
            if isinstance(settings.get(name), str):
                yield f'{path}.{name}', settings[name]


def _nearest(path: Path) -> str:
    """What may have been meant."""
    folder = path.parent
    known = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, known, n=1)
    if near:
        return f'did you mean {str(folder / near[0])!r}?'
    state = f'{folder} has nothing like it' if known else f'{folder} is empty or does not exist'
    return f'{state}; give the path of a file, or an address'
