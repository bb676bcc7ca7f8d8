"""The pictures of `mmchan cam`, `browse` and `confusion` on their pages, from real runs.

    python docs/_pictures/tools.py

The commands draw photographs of scikit-image and the embedded data sets; for `confusion` a network is
trained, in about half a minute. WebP, as wide as a page shows them.
"""

import tempfile
from pathlib import Path

from PIL import Image
from skimage import data

from mmchan.cli import group
from mmchan.cli.demo import CONFIG
from mmchan.files import replacing

PICTURES = Path(__file__).parents[1] / '_static' / 'pictures'
ROOT = Path(__file__).parents[2]
WIDTH, QUALITY = 1200, 75
EPOCHS = 3  # after twelve there is hardly anything to confuse
CAM = ('coffee', 'chelsea')
BROWSED = {'chelsea': 281, 'coffee': 967, 'rocket': 657, 'astronaut': 652}  # photograph -> ImageNet's label
REXNET = ROOT / 'configs/rexnet/rexnet-1.0x_4xb128_in1k.py'
MASK_RCNN = ROOT / 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'


def make(out: Path) -> dict[str, object]:
    """Make all of them; what they show."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        keep(cam(place), out / 'cam.webp')
        keep(browse_photographs(place), out / 'browse.webp')
        keep(browse_objects(place), out / 'browse-objects.webp')
        keep(confusion(place), out / 'confusion.webp')
    return {
        'epochs of the confused network': EPOCHS,
        'photographs': [*CAM, *BROWSED],
        'configs': [CONFIG, REXNET.name, MASK_RCNN.name],
    }


def run(*words: object) -> None:
    """Run a command of mmchan in this process."""
    group.main(list(map(str, words)), standalone_mode=False)


def cam(place: Path) -> Path:
    """Two photographs with what speaks for their classes, one below the other."""
    for name in CAM:
        save_photograph(name, place / 'cam-in' / f'{name}.png')
    run('cam', place / 'cam-in', '--model', 'efficientnet-lite0', '--topk', 2, '--out', place / 'cam')
    drawn = [Image.open(place / 'cam' / f'{name}.png') for name in CAM]
    width = min(image.width for image in drawn)
    drawn = [image.resize((width, round(image.height * width / image.width))) for image in drawn]
    sheet = Image.new('RGB', (width, sum(image.height for image in drawn)), 'white')
    top = 0
    for image in drawn:
        sheet.paste(image, (0, top))
        top += image.height
    sheet.save(place / 'cam.png')
    return place / 'cam.png'


def browse_photographs(place: Path) -> Path:
    """What ReXNet's recipe makes of photographs, in place of ImageNet's."""
    root = place / 'imagenet'
    lines = [f'{name}.png {label}\n' for name, label in BROWSED.items()]
    for name in BROWSED:
        save_photograph(name, root / 'train' / f'{name}.png')
    (root / 'meta').mkdir()
    (root / 'meta' / 'train.txt').write_text(''.join(lines))
    options = ['--cfg-options', f'train_dataloader.dataset.data_root={root}']
    run('browse', REXNET, '--count', len(BROWSED), '--out', place / 'browse.png', *options)
    return place / 'browse.png'


def browse_objects(place: Path) -> Path:
    """Boxes and masks of the digits on photographs."""
    run('browse', MASK_RCNN, '--count', 4, '--out', place / 'objects.png')
    return place / 'objects.png'


def confusion(place: Path) -> Path:
    """Which digits the network of `mmchan demo` confuses when its training ends after three epochs."""
    config, run_folder = ROOT / CONFIG, place / 'run'
    run('train', config, '--work-dir', run_folder, '--cfg-options', f'train_cfg.max_epochs={EPOCHS}')
    results = run_folder / 'predictions.pkl'
    run('test', config, run_folder / f'epoch_{EPOCHS}.pth', '--work-dir', run_folder, '--out', results)
    run('confusion', results, '--pairs', 4, '--out', place / 'confusion')
    return place / 'confusion' / 'confusion.png'


def save_photograph(name: str, path: Path) -> None:
    """Write a photograph of scikit-image."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(getattr(data, name)()).save(path)


def keep(drawn: Path, path: Path) -> None:
    """Write a drawing as a page shows it."""
    image = Image.open(drawn).convert('RGB')
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    with replacing(path) as unfinished:
        image.save(unfinished, 'WEBP', quality=QUALITY, method=6)


if __name__ == '__main__':
    make(PICTURES)
