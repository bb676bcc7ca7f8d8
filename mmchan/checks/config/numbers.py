"""Numbers in a model that build, and that no training survives."""

from collections.abc import Iterator, Mapping

from mmengine.registry import MODELS

from mmchan.checks.config.parts import class_of, names_of, part, scope_of, sequence, whole
from mmchan.checks.walk import walk
from mmchan.findings import FAIL, Finding

# widths that are at least 1 wherever they stand; of others, 0 may leave a branch out
_WIDTHS = ('in_channels', 'out_channels', 'base_channels', 'stem_channels', 'feat_channels', 'embed_dims')
# models whose data preprocessor alone makes batches of images -> the usual one
_BATCHES = {'BaseDetector': 'DetDataPreprocessor', 'BaseSegmentor': 'SegDataPreProcessor'}
_BATCHES_ITSELF = frozenset({'Detectron2Wrapper'})


def check_numbers(cfg: Mapping) -> Iterator[Finding]:
    """Check widths and what images are normalised with.

    Args:
        cfg: The config of a run.

    Returns:
        A fault for every width below 1, an empty mean or deviation, and a detector or segmentor without a
        data preprocessor.
    """
    model = part(cfg, 'model')
    for path, node in walk(model, 'model'):
        yield from _check_widths(path, node)
    for path, pixels in (
        ('model.data_preprocessor', part(model, 'data_preprocessor')),
        ('data_preprocessor', part(cfg, 'data_preprocessor')),
    ):
        yield from _check_statistics(path, pixels)
    if not model.get('data_preprocessor') and not cfg.get('data_preprocessor'):
        yield from _check_batches(model, scope_of(cfg))


def _check_widths(path: str, node: Mapping) -> Iterator[Finding]:
    for name in _WIDTHS:
        values = sequence(node.get(name)) or [node.get(name)]
        wrong = [value for value in values if whole(value) is not None and value < 1]
        if wrong:
            yield Finding(FAIL, f'{path}.{name}', f'a layer needs at least 1 channel, got {wrong[0]}')


def _check_statistics(path: str, pixels: Mapping) -> Iterator[Finding]:
    for name in ('mean', 'std'):
        if isinstance(pixels.get(name), list | tuple) and not pixels[name]:
            yield Finding(FAIL, f'{path}.{name}', 'is empty', 'give a value for each channel of an image')


def _check_batches(model: Mapping, scope: str) -> Iterator[Finding]:
    names = names_of(class_of(model, MODELS, scope))
    usual = next((pixels for name, pixels in _BATCHES.items() if name in names), None)
    if usual and not names & _BATCHES_ITSELF:
        what = 'is missing: nothing would make batches of the images'
        yield Finding(FAIL, 'model.data_preprocessor', what, f'set it to dict(type={usual!r}, ...)')
