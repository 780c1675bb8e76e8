"""What every command is: one with its help, and what a shell may complete, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from allocator.cli.reader import language_asked
from allocator.words import Words

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Helped(click.Command):
    """A command whose help is in the reader's language."""

    def get_help(self, ctx: click.Context) -> str:
        """Help; the texts of options are keys of the catalogues until then."""
        from allocator.cli.help import help_of

        return help_of(ctx, Words(language_asked(ctx.find_root().obj.given)))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Its options, and commands, that begin so."""
        from allocator.cli.completion import possible_names

        return possible_names(self, ctx, incomplete)
