"""The ``mmchan`` command: one module per subcommand, imported only when it is called."""

import importlib
import sys

import click

from mmchan import __version__
from mmchan.cli.groups import SuggestingGroup
from mmchan.errors import InputError
from mmchan.process.startup import quick_start
from mmchan.runs.failures import tell_launcher

# subcommand -> one line of help; the module is mmchan.cli.<subcommand with _ for ->
COMMANDS = {
    'bench': 'Measure the latency of networks on this machine.',
    'browse': 'Draw what the pipeline of a config feeds the network.',
    'cam': 'Draw on images what speaks for their classes.',
    'check': 'Find what is wrong in a config before anything runs.',
    'choose': 'Name the most accurate networks that are fast enough here.',
    'confusion': 'Tabulate which classes a tested network takes for which.',
    'convert': "Write a checkpoint in another project's layout.",
    'data': 'Write the data sets that need no download.',
    'demo': 'Train, test and draw a network on embedded data.',
    'demo-coco': 'Train, test and draw a Mask R-CNN on embedded data.',
    'demo-design': 'Train the networks of two design spaces and compare them.',
    'doctor': 'Check this environment and say how to mend it.',
    'export': 'Write a network as a file that other runtimes run.',
    'get-flops': 'Count parameters, MACs and activations of a config.',
    'list': 'List the named variants with their cost and widths.',
    'log': 'Draw and compare what runs logged.',
    'predict': 'Classify images or detect objects in them.',
    'print-config': 'Print a config with everything that it inherits.',
    'publish': 'Strip a checkpoint and name it by its hash.',
    'rank': 'Measure how much of its channels a layer or a block can use.',
    'replay': 'Repeat the step at which a training met NaN or Inf.',
    'search': 'Search a space for its best networks.',
    'show': 'Draw the plan of one or several networks.',
    'sweep': 'Train populations of networks and compare them.',
    'test': 'Test a checkpoint.',
    'train': 'Train a config.',
    'zoo': 'Check, count, tabulate and draw the model zoo.',
}


class LazyGroup(SuggestingGroup):
    """A group that imports a subcommand's module only when that subcommand runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f'mmchan.cli.{name.replace("-", "_")}')
        return module.command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section('Commands'):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={'help_option_names': ['-h', '--help']})
@click.version_option(__version__, prog_name='mmchan')
def group() -> None:
    """Networks for OpenMMLab whose channel dimensions are designed, not guessed."""


def run(command: click.Command, args: list[str] | None = None) -> None:
    """Run a command as a program: a user's mistake is a message and exit code 2, never a traceback.

    A training that stopped at NaN or Inf exits with 3."""
    try:
        with quick_start():
            command.main(args=args)
    except InputError as error:
        click.secho(f'Error: {error}', err=True, fg='red')
        tell_launcher(f'Error: {error}')
        sys.exit(error.exit_code)


def main(args: list[str] | None = None) -> None:
    """Entry point of ``mmchan``."""
    run(group, args)
