"""What click found wrong with a call, in the catalogue's words: cause, then remedy."""

from __future__ import annotations

from typing import Any

import click

from allocator.words import Words


def usage_message(words: Words, error: click.ClickException) -> str:
    """The message of a wrong call; click's own words for what the catalogue has no sentence for."""
    context = getattr(error, "ctx", None)
    return words(
        "usage.message",
        cause=_cause(words, error) or error.format_message(),
        command=context.command_path if context else "allocator",
    )


def _cause(words: Words, error: click.ClickException) -> str | None:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return words("usage.missing", name=_name(error.param))
    if isinstance(error, click.BadParameter) and error.param is not None:
        accepted = _accepted(words, error.param.type)
        return None if accepted is None else words("usage.value", name=_name(error.param), accepted=accepted)
    if isinstance(error, click.NoSuchOption):
        return words("usage.option", name=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return words("usage.no_value", name=error.option_name)
    if type(error) is click.UsageError:
        return words("usage.extra")
    return None


def _name(param: click.Parameter) -> str:
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name


def _accepted(words: Words, kind: click.ParamType[Any]) -> str | None:
    """What a parameter takes, to end the sentence that refuses what it was given."""
    if isinstance(kind, click.Choice):
        return words("usage.one_of", names=[str(each) for each in kind.choices])
    if not isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return None
    name = "usage.whole" if isinstance(kind, click.types.IntParamType) else "usage.number"
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    if low is not None and high is not None:
        return words(f"{name}_between", low=low, high=high)
    return words(name) if low is None else words(f"{name}_from", low=low)
