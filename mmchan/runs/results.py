"""What a test found, written as COCO's server takes it; :mod:`mmchan.prediction.results` reads it."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.logging import print_log

from mmchan.checks.walk import of_type


def coco_metrics(evaluator: object) -> Iterator[dict]:
    """The configs of CocoMetric in an evaluator's config."""
    return of_type(evaluator, 'CocoMetric')


@contextlib.contextmanager
def written_to(cfg: Config, out: Path) -> Iterator[None]:
    """Let the test in the body write its results; move them to their place when they are whole.

    Args:
        cfg: The config of a test with a CocoMetric; changed.
        out: ``name.json`` gives ``name.bbox.json`` and, where there are masks, ``name.segm.json``.
    """
    metric = next(coco_metrics(cfg.test_evaluator))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'.{out.stem}-', dir=out.parent) as folder:
        metric.outfile_prefix = str(Path(folder, out.stem))
        yield
        if not is_main_process():
            return
        written = [path.replace(out.parent / path.name) for path in sorted(Path(folder).iterdir())]
    print_log(f'The results are in {" and ".join(map(str, written))}', logger='current')
