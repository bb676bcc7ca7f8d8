"""Detect objects with the model of a config, through mmdet's inferencer."""

from pathlib import Path

from mmengine.config import Config

from mmchan import compat
from mmchan.prediction.files import Result


def load_inferencer(cfg: Config, checkpoint: str, device: str | None):
    """mmdet's :class:`~mmdet.apis.DetInferencer` of a config and its weights.

    A device of None takes a GPU where there is one.
    """
    from mmdet.apis import DetInferencer

    compat.let_ssd_heads_predict()
    return DetInferencer(model=cfg, weights=checkpoint, device=device, show_progress=False)


def detect(inferencer, image: Path, score_threshold: float) -> Result:
    """Boxes in COCO's form, with masks where the model gives them, of at least a score in [0, 1]."""
    answer = inferencer(str(image), return_vis=True, pred_score_thr=score_threshold)
    raw = answer['predictions'][0]
    classes = inferencer.model.dataset_meta['classes']
    masks = raw.get('masks') or [None] * len(raw['scores'])
    rows = zip(raw['labels'], raw['scores'], raw['bboxes'], masks, strict=True)
    detections = [
        {
            'label': label,
            'class': classes[label],
            'score': score,
            'bbox': [left, top, right - left, bottom - top],
            **({} if mask is None else {'segmentation': mask}),
        }
        for label, score, (left, top, right, bottom), mask in rows
        if score >= score_threshold
    ]
    return Result({'image': str(image), 'detections': detections}, answer['visualization'][0])
