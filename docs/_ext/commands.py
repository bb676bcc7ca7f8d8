"""The directive ``command``: what ``mmchan COMMAND --help`` prints, so that the site cannot disagree."""

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from mmchan.cli import group

WIDTH = 100


class Command(SphinxDirective):
    """``{command} train`` shows the help of ``mmchan train``; words for subcommands follow."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Find the command and return its help as a literal block."""
        context = click.Context(group, info_name='mmchan', terminal_width=WIDTH)
        for word in self.arguments[0].split():
            found = context.command.get_command(context, word)
            context = click.Context(found, info_name=word, parent=context, terminal_width=WIDTH)
        block = nodes.literal_block('', context.get_help(), language='text')
        return [block]


def setup(app):
    """Register the directive."""
    app.add_directive('command', Command)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
