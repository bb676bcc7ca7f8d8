"""The directive ``command``: what ``mmchan COMMAND --help`` says, so that the site cannot disagree.

Usage, text and options are parts of the page, which break their lines where the page is narrow.
"""

from collections.abc import Iterator

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from mmchan.cli import group


class Command(SphinxDirective):
    """``{command} train`` shows the help of ``mmchan train``; words for subcommands follow."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Find the command and return its help."""
        context = click.Context(group, info_name='mmchan')
        for word in self.arguments[0].split():
            found = context.command.get_command(context, word)
            context = click.Context(found, info_name=word, parent=context)
        return [nodes.container('', *described(context), classes=['mm-command'])]


def described(context: click.Context) -> Iterator[nodes.Node]:
    """Usage, text, options and subcommands of a command."""
    command = context.command
    usage = ' '.join([context.command_path, *command.collect_usage_pieces(context)])
    yield nodes.literal_block('', usage, language='text')
    yield from map(paragraph, (command.help or '').split('\n\n'))
    records = (one.get_help_record(context) for one in command.get_params(context))
    options = [record for record in records if record and record[1]]
    yield from listed('Options', options)
    if isinstance(command, click.Group):
        below = ((name, command.get_command(context, name)) for name in command.list_commands(context))
        yield from listed('Commands', [(name, one.get_short_help_str(limit=200)) for name, one in below])


def paragraph(text: str) -> nodes.Node:
    """A paragraph of a help text; one that begins with click's mark keeps its lines."""
    if text.lstrip().startswith('\b'):
        lines = text.lstrip().removeprefix('\b').strip('\n')
        return nodes.literal_block('', lines, language='text')
    return nodes.paragraph('', ' '.join(text.split()))


def listed(title: str, rows: list[tuple[str, str]]) -> Iterator[nodes.Node]:
    """Terms with what they mean, under a title; nothing without rows."""
    if rows:
        yield nodes.rubric('', title)
        items = (
            nodes.definition_list_item(
                '',
                nodes.term('', '', nodes.literal('', term)),
                nodes.definition('', nodes.paragraph('', ' '.join(text.split()))),
            )
            for term, text in rows
        )
        yield nodes.definition_list('', *items, classes=['mm-options'])


def setup(app):
    """Register the directive."""
    app.add_directive('command', Command)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
