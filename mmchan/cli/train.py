"""``mmchan train`` and ``tools/train.py``."""

import click

from mmchan.cli import options, run


@click.command('train', cls=options.ToolCommand)
@options.config_argument
@options.work_dir
@click.option(
    '--resume',
    metavar='[PATH]',
    is_flag=False,
    flag_value='auto',
    help='Resume from a checkpoint; without PATH from the newest whole one of the work directory.',
)
@click.option(
    '--new-schedule',
    is_flag=True,
    help="With --resume: follow this config's schedule where it is another than the checkpoint's.",
)
@options.amp
@options.fast
@click.option(
    '--no-validate',
    'validate',
    is_flag=True,
    default=True,
    flag_value=False,
    help='Train without validation.',
)
@click.option('--auto-scale-lr', is_flag=True, help='Scale the learning rate to the real batch size.')
@click.option('--seed', type=int, help='Random seed.')
@click.option('--tensorboard', is_flag=True, help='Also log for TensorBoard.')
@click.option('--wandb', is_flag=True, help='Also log to Weights & Biases.')
@options.pin_memory
@click.option(
    '--no-persistent-workers',
    'persistent_workers',
    is_flag=True,
    default=True,
    flag_value=False,
    help='Restart the data loading workers at every epoch.',
)
@options.no_strict
@options.trust
@options.launcher
@options.cfg_options
def command(config: str, trust: bool, strict: bool, **arguments: object) -> None:
    """Train the model of CONFIG."""
    from mmchan.runs import launch
    from mmchan.runs.config import config_to_train
    from mmchan.weights.checkpoints import trust_checkpoints

    with trust_checkpoints(trust):
        cfg = config_to_train(config, **arguments)
    launch.run_training(cfg, trust=trust, strict=strict, cfg_options=arguments['cfg_options'])


def main() -> None:
    """Entry point of ``tools/train.py``."""
    run(command)
