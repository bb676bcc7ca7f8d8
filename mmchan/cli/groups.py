"""Groups of commands."""

import click

from mmchan.errors import suggestion


class SuggestingGroup(click.Group):
    """A group that suggests the nearest subcommand for an unknown one."""

    def resolve_command(self, ctx: click.Context, args: list[str]):
        known = self.list_commands(ctx)
        if args and not args[0].startswith('-') and args[0] not in known:
            ctx.fail(f'unknown command {args[0]!r}; {suggestion(args[0], known)}')
        return super().resolve_command(ctx, args)
