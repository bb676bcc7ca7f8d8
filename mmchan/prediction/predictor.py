"""From a config and a checkpoint to the function that predicts for one image."""

from collections.abc import Callable
from pathlib import Path

from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.prediction import classification, detection
from mmchan.prediction.files import Result


def load_predictor(
    cfg: Config,
    checkpoint: str,
    *,
    device: str | None = None,
    score_threshold: float = 0.3,
    trust: bool = False,
) -> Callable[[Path], Result]:
    """The function that predicts for one image.

    Args:
        cfg: The config of a classifier (default_scope mmpretrain) or a detector (mmdet).
        checkpoint: Its weights: a file or a URL.
        device: Such as 'cuda:0'; None takes a GPU where there is one.
        score_threshold: Least score of a detection that is drawn and returned, in [0, 1].
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For a config of another kind of model, and for weights that are not this model's.
    """
    inferencer = load_inferencer(cfg, checkpoint, device=device, trust=trust)
    if cfg.get('default_scope') == 'mmdet':
        return lambda image: detection.detect(inferencer, image, score_threshold)
    return lambda image: classification.classify_file(inferencer, image)


def load_inferencer(cfg: Config, checkpoint: str, *, device: str | None = None, trust: bool = False):
    """The library's inferencer for a config, with all of its weights from a checkpoint.

    Args:
        cfg: As for :func:`load_predictor`, like everything else.
        checkpoint: Its weights: a file or a URL.

    Raises:
        InputError: As :func:`load_predictor`.
    """
    from mmchan.layouts.wrappers import unwrap
    from mmchan.models.backbone import fit_names
    from mmchan.weights.checkpoints import read_for_runner, safe_checkpoints, trust_checkpoints

    scope = cfg.get('default_scope')
    if scope not in ('mmdet', 'mmpretrain'):
        raise InputError(f"the config's default_scope must be 'mmpretrain' or 'mmdet', got {scope!r}")
    load = detection.load_inferencer if scope == 'mmdet' else classification.load_inferencer
    with trust_checkpoints(trust):
        content = read_for_runner(checkpoint)
    weights = unwrap(content, checkpoint)[0]
    with safe_checkpoints(trust, known={checkpoint: content}):
        inferencer = load(cfg, checkpoint, device)
    fit_names(inferencer.model, weights, child='backbone')
    _check_weights(inferencer.model.state_dict(), weights, checkpoint)
    return inferencer


def _check_weights(wanted: dict, given: dict, checkpoint: str) -> None:
    """MMEngine only warns about weights that do not fit, and predicts with random ones."""
    missing = [
        name for name, value in wanted.items() if name not in given or given[name].shape != value.shape
    ]
    if missing:
        raise InputError(
            f'{checkpoint} is not a checkpoint of this config: {len(missing)} of its {len(wanted)} weights '
            f'are missing or of another shape, such as {missing[0]!r}'
        )
