"""Write a classifier as a file of another runtime."""

from pathlib import Path

from mmchan.deploy.exporting import Exported, export_model
from mmchan.deploy.tasks import Exportable


def export(
    found: Exportable,
    out: Path,
    *,
    target: str,
    limit: float,
    labelled: Path | None = None,
    threads: int | None = None,
) -> Exported:
    """Write a classifier as a file of another runtime, as :func:`mmchan.deploy.exporting.export_model` does.

    Args:
        found: The classifier.
        out: The file.
        target: Of the file.
        limit: Largest difference of an output.
        labelled: Is for detectors, and for int8: equal outputs have equal accuracies.
        threads: For the comparison.
    """
    return export_model(
        found.module, out, target=target, metadata=found.metadata, limit=limit, threads=threads
    )
