"""The tasks of the zoo: one spelling for programs, one for people, one for OpenMMLab's metafiles."""

from dataclasses import dataclass

from mmchan.errors import require_known

CLASSIFICATION, DETECTION = 'classification', 'detection'
SEGMENTATION, TRANSFER = 'instance_segmentation', 'transfer'
ALIASES = {'segmentation': SEGMENTATION}


@dataclass(frozen=True)
class Task:
    """What networks are compared on.

    Attributes:
        key: How programs spell it.
        title: How people read it.
        name: How the metafiles' results spell it; transfer is a classification on other data sets.
    """

    key: str
    title: str
    name: str


TASKS = {
    task.key: task
    for task in (
        Task(CLASSIFICATION, 'classification', 'Image Classification'),
        Task(DETECTION, 'detection', 'Object Detection'),
        Task(SEGMENTATION, 'instance segmentation', 'Instance Segmentation'),
        Task(TRANSFER, 'transfer', 'Image Classification'),
    )
}


def find_task(name: str) -> str:
    """The key of a task that is spelled with spaces or hyphens, or in short.

    >>> find_task('instance segmentation'), find_task('segmentation'), find_task('detection')
    ('instance_segmentation', 'instance_segmentation', 'detection')

    Raises:
        InputError: For an unknown task, with the nearest known one.
    """
    key = name.lower().replace(' ', '_').replace('-', '_')
    key = ALIASES.get(key, key)
    if key not in TASKS:
        require_known(name, [*TASKS, *ALIASES], 'task')
    return key
