"""Does what a network learns on one half of the digits help on the other half?

    python benchmarks/transfer_digits.py

For every seed a RegNetX-400MF learns the digits 0 to 4; then two learn 5 to 9 with the same recipe, seed and
number of epochs: one from the first one's backbone, one from scratch. Prints the accuracies on the held-out
images of 5 to 9 after every epoch and writes them to benchmarks/results/transfer_digits.json. The epochs on 0
to 4 come on top of the equal ones, and the held-out images are few: one of them is half a percent.
"""

import datetime
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import torch
from mmengine.config import Config
from PIL import Image

from mmchan import __version__
from mmchan.cli.console import console, table
from mmchan.data.digits import digit_files
from mmchan.files import replacing
from mmchan.home import home
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import build_runner
from mmchan.runs.workdir import last_checkpoint

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
RESULT = Path(__file__).parent / 'results' / 'transfer_digits.json'
CLASSES = 5  # of each half
METRIC = 'accuracy/top1'
COMMAND = 'python benchmarks/transfer_digits.py'
UNIT = (
    'top-1 accuracy in % on the held-out images of 5 to 9 (first_half: of 0 to 4) after every epoch; '
    'summary: mean and sample standard deviation over the seeds'
)


@dataclass(frozen=True)
class Training:
    """One training on one half of the digits.

    Attributes:
        data: Folder of the half.
        epochs: Length; the config's schedule is squeezed into it.
        seed: Random seed.
        backbone: Checkpoint that the backbone starts from; None starts from scratch.
    """

    data: Path
    epochs: int
    seed: int
    backbone: Path | None = None

    def config(self, work_dir: Path) -> Config:
        """The config of the demo, on this half of the digits."""
        options = {
            'train_dataloader.dataset.data_root': f'{self.data}/',
            'val_dataloader.dataset.data_root': f'{self.data}/',
            'model.head.num_classes': CLASSES,
            'train_cfg.max_epochs': self.epochs,
            'train_cfg.val_interval': 1,
            'param_scheduler.1.end': self.epochs,
            'default_hooks.checkpoint.interval': self.epochs,
            'default_hooks.checkpoint.save_best': None,
            'log_level': 'WARNING',
            'experiment_name': work_dir.name,
        }
        if self.backbone is not None:
            init_cfg = {'type': 'mmchan.Pretrained', 'checkpoint': str(self.backbone)}
            options['model.backbone.init_cfg'] = init_cfg
        return config_to_train(home() / CONFIG, work_dir=str(work_dir), seed=self.seed, cfg_options=options)

    def run(self, work_dir: Path) -> tuple[list[float], Path]:
        """Train; return the accuracy in % after every epoch, and the checkpoint."""
        runner = build_runner(self.config(work_dir))
        runner.train()
        history, _ = runner.message_hub.get_scalar(f'val/{METRIC}').data
        return [round(float(value), 2) for value in history], last_checkpoint(work_dir)


def write_halves(folder: Path) -> None:
    """Write the digits 0 to 4 as ``folder/first`` and 5 to 9 as ``folder/second``."""
    for name, pixels in digit_files():
        half = 'first' if int(name.split('/')[1]) < CLASSES else 'second'
        path = folder / half / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


def compare(folder: Path, *, seed: int, pretraining: int, epochs: int) -> dict[str, list[float]]:
    """Accuracies of one seed: on the first half, then on the second from there and from scratch."""
    first, second = folder / 'first', folder / 'second'
    before, checkpoint = Training(first, pretraining, seed).run(folder / f'first-{seed}')
    tuned, _ = Training(second, epochs, seed, checkpoint).run(folder / f'tuned-{seed}')
    scratch, _ = Training(second, epochs, seed).run(folder / f'scratch-{seed}')
    return {'first_half': before, 'fine_tuned': tuned, 'from_scratch': scratch}


def summarise(rows: list[dict[str, list[float]]]) -> list[dict]:
    """Per epoch on the second half: mean and sample standard deviation over the seeds, and of the gain."""
    epochs = []
    for number, values in enumerate(zip(*map(_pairs, rows), strict=True), start=1):
        tuned, scratch = zip(*values, strict=True)
        gains = [one - other for one, other in values]
        epochs.append(
            {
                'epoch': number,
                'fine_tuned': _mean_and_spread(tuned),
                'from_scratch': _mean_and_spread(scratch),
                'gain': _mean_and_spread(gains),
                'seeds_with_gain': sum(gain > 0 for gain in gains),
            }
        )
    return epochs


def _pairs(row: dict[str, list[float]]) -> list[tuple[float, float]]:
    """Accuracies of one seed by epoch: fine-tuned, from scratch."""
    return list(zip(row['fine_tuned'], row['from_scratch'], strict=True))


def _mean_and_spread(values: Sequence[float]) -> list[float]:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return [round(statistics.mean(values), 2), round(spread, 2)]


def show(epochs: list[dict], seeds: int) -> None:
    """Print the summary as a table."""
    names = ('fine_tuned', 'from_scratch', 'gain')
    headings = [name.replace('_', ' ') for name in names]
    grid = table(f'top-1 in % on the digits 5 to 9, {seeds} seeds', 'epoch', *headings, 'seeds with gain')
    for row in epochs:
        cells = [f'{mean:.1f} ± {spread:.1f}' for mean, spread in (row[name] for name in names)]
        grid.add_row(str(row['epoch']), *cells, f'{row["seeds_with_gain"]} of {seeds}')
    console().print(grid)


@click.command()
@click.option('--seeds', type=click.IntRange(1), default=5, show_default=True, help='Number of seeds.')
@click.option('--pretraining', type=click.IntRange(2), default=8, show_default=True, help='Epochs on 0 to 4.')
@click.option('--epochs', type=click.IntRange(2), default=4, show_default=True, help='Epochs on 5 to 9.')
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(seeds: int, pretraining: int, epochs: int, out: Path) -> None:
    """Compare fine-tuning with training from scratch on one half of the digits."""
    started = time.monotonic()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        write_halves(Path(folder))
        for seed in range(seeds):
            rows.append(compare(Path(folder), seed=seed, pretraining=pretraining, epochs=epochs))
            click.echo(f'seed {seed}: ' + '  '.join(f'{key} {values}' for key, values in rows[-1].items()))
    summary = summarise(rows)
    show(summary, seeds)
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': f'{COMMAND} --seeds {seeds} --pretraining {pretraining} --epochs {epochs}',
        'config': CONFIG,
        'versions': {'mmchan': __version__, 'torch': torch.__version__},
        'threads': torch.get_num_threads(),
        'seconds': round(time.monotonic() - started),
        'unit': UNIT,
        'summary': summary,
        'seeds': rows,
    }
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')


if __name__ == '__main__':
    main()
