"""Do the transforms of the data give what the model is called with?"""

import re
from collections.abc import Iterable, Iterator, Mapping

from mmengine.registry import DATASETS, MODELS, TRANSFORMS

from mmchan.checks.config import code
from mmchan.checks.config.parts import class_of, names_of, part, preprocessor_of, scope_of
from mmchan.checks.walk import walk
from mmchan.findings import FAIL, Finding

_IS_DATA = re.compile(r'dataset(\.dataset|\.datasets\[\d+\])*')
_INPUTS = 'inputs'


def check_inputs(cfg: Mapping, loaders: Iterable[str]) -> Iterator[Finding]:
    """Check that samples hold images for the model, and proposals for a detector that makes none.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Returns:
        A fault for every loader none of whose transforms gives what is needed.
    """
    scope = scope_of(cfg)
    if not _takes_inputs(cfg, scope):
        return
    takes_proposals = _takes_proposals(part(cfg, 'model'), scope)
    for loader in loaders:
        givers = _givers(part(cfg, loader, 'dataset'), scope)
        if givers is None:
            continue
        if not any(code.quotes(giver, _INPUTS) for giver in givers):
            what = f'no step gives {_INPUTS!r}, which the model takes'
            yield Finding(FAIL, f'{loader}.dataset.pipeline', what, 'end it with the one that packs a sample')
        elif takes_proposals and not any('Proposals' in giver.__name__ for giver in givers):
            what = f'is missing: the second stage gets no regions, nor does {loader} load any'
            yield Finding(FAIL, 'model.rpn_head', what, 'give a head that proposes regions')


def _takes_inputs(cfg: Mapping, scope: str) -> bool:
    """Whether what makes the batches looks for the images under their usual name."""
    _, pixels = preprocessor_of(cfg)
    kind = class_of(pixels, MODELS, scope)
    if kind is None and 'type' not in pixels:  # the usual one of the model
        model = class_of(part(cfg, 'model'), MODELS, scope)
        kind = class_of({'type': code.default_type(model, 'data_preprocessor')}, MODELS, scope)
    return kind is not None and code.quotes(kind, _INPUTS)


def _givers(dataset: Mapping, scope: str) -> list[type] | None:
    """The classes of all that fills a sample; None where one is unknown, or a data set of another kind."""
    classes = _classes_in(dataset, scope)
    sets = [kind for path, kind in classes.items() if _IS_DATA.fullmatch(path)]
    unknown = any('pipeline' in path for path, kind in classes.items() if kind is None)
    if unknown or not sets or not all(map(_has_pipeline, sets)):
        return None
    return [kind for kind in classes.values() if kind and kind.__module__.partition('.')[0] != 'mmengine']


def _classes_in(dataset: Mapping, scope: str) -> dict[str, type | None]:
    parts = [(path, node) for path, node in walk(dataset, 'dataset') if 'type' in node]
    return {path: _class_of(node, scope) for path, node in parts if '.metainfo' not in path}


def _class_of(node: Mapping, scope: str) -> type | None:
    return class_of(node, TRANSFORMS, scope) or class_of(node, DATASETS, scope)


def _has_pipeline(kind: type | None) -> bool:
    """Whether a data set is one of those that MMEngine gives transforms, or wraps such."""
    return kind is not None and ('BaseDataset' in names_of(kind) or kind.__module__.startswith('mmengine.'))


def _takes_proposals(model: Mapping, scope: str) -> bool:
    """Whether a model is a second stage without a first."""
    two_stages = 'TwoStageDetector' in names_of(class_of(model, MODELS, scope))
    return two_stages and bool(part(model, 'roi_head')) and not part(model, 'rpn_head')
