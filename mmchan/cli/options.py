"""Options that several commands share, spelled as OpenMMLab's tools spell them."""

import os
from collections.abc import Callable
from pathlib import Path

import click

# option -> whether a token that follows it is one more of its values
_VARIADIC: dict[str, Callable[[str], bool]] = {
    '--cfg-options': lambda token: '=' in token and not token.startswith('-'),
    '--shape': str.isdigit,
}


class ToolCommand(click.Command):
    """A command whose options may take several values, ``--cfg-options a=1 b=2``, as argparse allows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, repeat_variadic(spell_amp(args)))


def repeat_variadic(args: list[str]) -> list[str]:
    """Spell ``--option a b`` as ``--option a --option b``, the form that click reads.

    >>> repeat_variadic(['--cfg-options', 'a=1', 'b=2', 'config.py'])
    ['--cfg-options', 'a=1', '--cfg-options', 'b=2', 'config.py']
    """
    spelled, option, values = [], '', 0
    for token in args:
        if option and values and _VARIADIC[option](token):
            spelled.append(option)
        elif values:
            option = ''
        spelled.append(token)
        if token in _VARIADIC:
            option, values = token, 0
        elif option:
            values += 1
    return spelled


def spell_amp(args: list[str]) -> list[str]:
    """Spell ``--amp`` without a kind as ``--amp=auto``: what follows the flag may be the config.

    >>> spell_amp(['--amp', 'config.py', '--amp=bf16', '--amp', 'fp16'])
    ['--amp=auto', 'config.py', '--amp=bf16', '--amp', 'fp16']
    """
    followers = [*args[1:], '']
    alone = [pair[0] == '--amp' and pair[1] not in _AMP_KINDS for pair in zip(args, followers, strict=True)]
    return ['--amp=auto' if bare else given for given, bare in zip(args, alone, strict=True)]


def _parse_cfg_options(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict | None:
    """Parse the values as every OpenMMLab tool does, with MMEngine's own action."""
    if not values:
        return None
    bare = next((value for value in values if '=' not in value), None)
    if bare is not None:
        raise click.BadParameter(f'expected key=value, got {bare!r}', ctx=ctx, param=param)
    import argparse

    from mmengine.config import DictAction

    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(['--cfg-options', *values]).cfg_options


def _export_local_rank(ctx: click.Context, param: click.Parameter, value: int) -> int:
    """MMEngine reads the rank from the environment; older launchers pass it as an option."""
    os.environ.setdefault('LOCAL_RANK', str(value))
    return value


def _usable_device(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse a device that torch does not know or that is not there, before weights are loaded."""
    if value is None:
        return None
    import torch

    try:
        torch.empty(0, device=value)
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without it
        said = str(error).splitlines()[0]
        raise click.BadParameter(f'{value!r} cannot be used here: {said}', ctx=ctx, param=param) from error
    return value


_AMP_KINDS = ['bf16', 'fp16']
amp = click.option(
    '--amp',
    metavar='[bf16|fp16]',
    type=click.Choice(['auto', *_AMP_KINDS]),
    help='Use automatic mixed precision: without a kind fp16 on a GPU; on a CPU bf16 where it computes that '
    'in hardware, else fp32.',
)
fast = click.option(
    '--fast',
    is_flag=True,
    help='Be as fast as this machine can, also by what changes numbers beyond rounding; the log says what it '
    'chose, and why.',
)
config_argument = click.argument('config')
cfg_options = click.option(
    '--cfg-options',
    metavar='KEY=VALUE ...',
    multiple=True,
    callback=_parse_cfg_options,
    help='Override settings of the config. Lists: key="[a,b]" or key=a,b.',
)
work_dir = click.option(
    '--work-dir', type=click.Path(file_okay=False), metavar='DIR', help='Folder of logs and checkpoints.'
)
pin_memory = click.option(
    '--no-pin-memory', 'pin_memory', is_flag=True, default=True, flag_value=False, help='Pin no memory.'
)

no_strict = click.option(
    '--no-strict',
    'strict',
    is_flag=True,
    default=True,
    flag_value=False,
    help='Take errors in the config for warnings; absent or unfit data stays an error.',
)
device = click.option(
    '--device',
    callback=_usable_device,
    help="That a trained network runs on, such as 'cuda:0'; by default a GPU where there is one.",
)
trust = click.option(
    '--trust', is_flag=True, help='Also read checkpoints that may run code; only for authors you trust.'
)


def launcher(command: Callable) -> Callable:
    """Add ``--launcher`` and ``--local-rank``."""
    rank = click.option(
        '--local-rank',
        '--local_rank',
        default=0,
        hidden=True,
        expose_value=False,
        callback=_export_local_rank,
    )
    choice = click.option(
        '--launcher',
        type=click.Choice(['none', 'pytorch', 'slurm', 'mpi']),
        default='none',
        show_default=True,
        help='What started the processes of a distributed run.',
    )
    return choice(rank(command))


resolution_option = click.option(
    '--resolution', type=click.IntRange(min=1), default=224, show_default=True, help='Side of the image.'
)
folder_path = click.Path(file_okay=False, path_type=Path)
