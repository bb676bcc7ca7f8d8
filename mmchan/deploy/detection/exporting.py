"""Write a detector as a file of another runtime, once it is known to find the same."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from mmchan.deploy import graphs
from mmchan.deploy.detection.accuracy import Labelled, compare_accuracy, labelled_in, refuse_drop
from mmchan.deploy.detection.comparing import DetectionDifference, compare_on, probe_images, refuse_odd
from mmchan.deploy.detection.detections import Detections, as_detections
from mmchan.deploy.detection.loading import Loaded
from mmchan.deploy.detection.reference import predict_input
from mmchan.deploy.detection.tracing import onnx_of
from mmchan.deploy.exporting import Exported, check_out, write
from mmchan.deploy.runtimes.session import Session
from mmchan.deploy.stamp import stamped
from mmchan.errors import InputError
from mmchan.progress import track

TARGETS = ('onnx', 'openvino')


def export_detector(
    loaded: Loaded, out: Path, *, target: str, labelled: Path | None = None, threads: int | None = None
) -> Exported:
    """Write a detector as a file of another runtime, after running it and comparing what it finds.

    Args:
        loaded: Of :func:`~mmchan.deploy.detection.loading.load_config`.
        out: The file; its suffix must be the target's. It appears when it is whole and finds what mmdet
            finds, else nothing changes.
        target: 'onnx' or 'openvino'.
        labelled: The folder of the config's test data, to compare average precisions on; None compares none.
        threads: For the comparison; None takes what the runtimes do.

    Raises:
        InputError: For another target, a wrong suffix, a library that is missing, detections that differ.
    """
    check_out(out, target)
    if target not in TARGETS:
        raise InputError(
            f'detectors can be exported to {" and ".join(TARGETS)}, not to {target}: '
            'how many boxes there are is known in a run only'
        )
    data = None if labelled is None else labelled_in(labelled, loaded)
    metadata = stamped(loaded.metadata)
    model = onnx_of(loaded.module, metadata)
    converted = model if target == 'onnx' else graphs.openvino_of(model, metadata)
    return write(converted, out, target=target, verify=partial(_verify, loaded, out, data), threads=threads)


def export(
    found: Loaded,
    out: Path,
    *,
    target: str,
    limit: float,
    labelled: Path | None = None,
    threads: int | None = None,
) -> Exported:
    """As :func:`export_detector`, the way ``mmchan export`` asks every task.

    Args:
        found: The detector.
        out: The file.
        target: Of the file.
        limit: Is for classifiers: a detector's outputs have limits of their own.
        labelled: The folder of the config's test data.
        threads: For the comparison.
    """
    return export_detector(found, out, target=target, labelled=labelled, threads=threads)


def _verify(loaded: Loaded, out: Path, data: Labelled | None, session: Session) -> DetectionDifference:
    """The difference from mmdet's detections, in images that are made up for that and in annotated ones."""

    def found(images: np.ndarray) -> Detections:
        size = images.shape[1:3] if session.metadata.preprocessing else images.shape[2:]
        return as_detections(session(images), session.metadata, size)

    expected = partial(predict_input, loaded.model, loaded.module)
    images = track(list(probe_images(session.metadata)), 'comparing')
    difference = compare_on(images, expected, found)
    refuse_odd(difference, name=str(out))
    if data is None:
        return difference
    accuracy = compare_accuracy(loaded, session, data)
    refuse_drop(accuracy, name=str(out))
    return replace(difference, accuracy=accuracy)
