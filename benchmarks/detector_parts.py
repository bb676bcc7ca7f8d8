"""Counts the parts of the detectors whose costs are published, and keeps them for the site.

    python benchmarks/detector_parts.py

The page of published costs shows where the multiply-adds of a detector are; counting needs torch and mmdet,
so that it is done once. A test compares the sums with the metafiles.
"""

import json
from pathlib import Path

from mmchan.files import replacing
from mmchan.measure.complexity import count_model
from mmchan.progress import track
from mmchan.runs.config import load_config
from mmchan.zoo import rows
from mmchan.zoo.recounting import PARTS, figures

ROOT = Path(__file__).parents[1]


def parts_of(config: str, resolution: str) -> dict[str, list[int]]:
    """Parameters and multiply-adds of a detector's parts; the mask head's multiply-adds are left out."""
    height, width = map(int, resolution.split('x'))
    costs = count_model(load_config(ROOT / config), (height, width))
    return {
        name: [cost.parameters, 0 if name == 'mask_head' else cost.macs]
        for name, cost in costs.items()
        if name != 'total'
    }


def main() -> None:
    """Count and write."""
    known = {row.name: row for task in ('detection', 'instance_segmentation') for row in rows(task, ROOT)}
    names = dict.fromkeys(one.network for one in figures(ROOT) if one.size is None)
    found = {}
    for name in track(list(names), 'counting parts', unit='detectors'):
        row = known[f'mmchan_{name}']
        found[name] = parts_of(row.config, row.resolution)
    with replacing(ROOT / PARTS) as unfinished:
        unfinished.write_text(json.dumps(found, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
