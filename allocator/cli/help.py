"""Help, wholly in the reader's language: which commands there are and for whom, and what each one takes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

from allocator.cli.output import width
from allocator.cli.reader import COMMANDS
from allocator.words import Words

WIDEST, NARROWEST, TERM = 80, 60, 24
SHARED = {
    "case": ("--set", "--data", "--target"),
    "reading": ("--map", "--numbers", "--leave-out", "--keep"),
    "output": ("--json", "--format", "-q", "--lang", "--help", "--version", "--completion"),
}
"""Options that several commands take, by what they settle."""
UNBROKEN = re.compile(r"(?<=\d) (?=[\d%])|(?<=--set) |(?<=[;:] \d) |(?<=; 130) |(?<=\|) ")
ACRONYM = re.compile(r"[A-Z]{2,}")


def help_of(context: click.Context, words: Words) -> str:
    """The help of a command, or of all."""
    columns = max(NARROWEST, min(width(), WIDEST))
    made = _group(context, words) if isinstance(context.command, click.Group) else _command(context, words)
    return "\n\n".join(_section(head, body, columns) for head, body in made if body)


Body = str | Sequence[tuple[str, str]]


def _group(context: click.Context, words: Words) -> Iterator[tuple[str, Body]]:
    assert isinstance(context.command, click.Group)
    yield "", words("cli.usage", call=f"allocator {words('cli.metavar.command')} […]")
    yield "", words("cli.help")
    yield words("cli.first"), [(words(f"cli.first.{each}"), _whole(call)) for each, call in _first_calls(words)]
    known = sum(COMMANDS.values(), ())
    own = tuple(each for each in context.command.list_commands(context) if each not in known)
    for name, commands in {**COMMANDS, "own": own}.items():
        head = f"cli.group.{name}"
        yield words(head), [(each, words(f"cli.{each}.help")) for each in commands]
    yield words("cli.options.output"), [*_options(context, words, SHARED["output"])]
    yield "", _statuses_told(words, [f"cli.status.{each}" for each in (1, 3)])


def _first_calls(words: Words) -> Iterator[tuple[str, str]]:
    """What a newcomer types, by what for."""
    yield "try", "allocator run"
    yield from ((each, words(f"cli.{each}.example")) for each in ("new", "serve"))
    yield "command", "allocator explain --help"
    yield "tab", 'eval "$(allocator --completion bash)"'


def _command(context: click.Context, words: Words) -> Iterator[tuple[str, Body]]:
    command, name = context.command, str(context.command.name)
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    taken = [shown_name(each, words) for each in arguments]
    optional = [text if each.required else f"[{text}]" for each, text in zip(arguments, taken, strict=True)]
    yield "", words("cli.usage", call=" ".join(["allocator", name, *optional, f"[{words('cli.metavar.options')}]"]))
    yield "", words(f"cli.{name}.help")
    told = ((each, f"cli.{name}.{each.name}") for each in arguments)
    keys = [(each, key if key in words else f"cli.option.{each.name}") for each, key in told]
    yield "", [(shown_name(each, words), words(key)) for each, key in keys if key in words]
    shared = sum(SHARED.values(), ())
    own = [max(each.opts, key=len) for each in command.params if isinstance(each, click.Option)]
    yield words("cli.options.own"), [*_options(context, words, [each for each in own if each not in shared])]
    for group, names in SHARED.items():
        yield words(f"cli.options.{group}"), [*_options(context, words, names)]
    yield "", _statuses_told(words, _statuses(command, words))
    yield words("cli.example"), [(words(f"cli.{name}.example"), "")]


def _statuses_told(words: Words, others: Iterable[str]) -> str:
    """What the exit statuses mean, those that every command has and others, in their order."""
    told = [words(f"cli.status.{each}") for each in (0, 2, 130)] + [words(each) for each in others]
    return words("cli.statuses", statuses="; ".join(sorted(told, key=lambda each: int(each.split()[0]))))


def _statuses(command: click.Command, words: Words) -> Iterator[str]:
    """Keys of what the exit statuses mean that not every command may have."""
    if (own := f"cli.{command.name}.status") in words:
        yield own
    if any(each.name == "settings" for each in command.params):
        yield "cli.status.3"


def _whole(text: str) -> str:
    """A text that no line ends within."""
    return text.replace(" ", "\0")


def _options(context: click.Context, words: Words, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    params = {max(each.opts, key=len): each for each in context.command.get_params(context)}
    for name in names:
        option = params.get(name)
        if isinstance(option, click.Option) and not option.hidden:
            value = "" if option.is_flag or option.count else f" {_value(option, words)}"
            short = ", ".join(sorted(option.opts, key=len)) if len(option.opts) > 1 else name
            key = "cli.option.help" if name == "--help" else str(option.help)
            yield short + value, " ".join(filter(None, [words(key), *_more(option, words)]))


def _more(option: click.Option, words: Words) -> Iterator[str]:
    """What else is to be said of an option: whether it must be given, its range, what it is where it is not given."""
    if option.required:
        yield words("cli.required")
    low, high = getattr(option.type, "min", None), getattr(option.type, "max", None)
    if high is not None and high < 1e6:
        yield words("cli.between", low=low, high=high)
    if option.show_default:
        shown = words.number(option.default) if option.name == "draws" else option.default  # type: ignore[arg-type]
        yield words("cli.default", value=str(shown))


def shown_name(param: click.Parameter, words: Words) -> str:
    """What an option or an argument is called."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return _in_language(param.metavar or str(param.name).upper(), words)


def _value(option: click.Option, words: Words) -> str:
    kind = option.type
    if isinstance(kind, click.Choice):
        return "|".join(map(str, kind.choices))
    number = isinstance(kind, click.types.IntParamType | click.types.FloatParamType)
    return _in_language(option.metavar or ("N" if number else "FILE"), words)


def _in_language(text: str, words: Words) -> str:
    """The capitals of a placeholder as the language has them."""

    def put(found: re.Match[str]) -> str:
        key = f"cli.metavar.{found[0].lower()}"
        return words(key) if key in words else found[0]

    return ACRONYM.sub(put, text)


def _section(head: str, body: Body, columns: int) -> str:
    lines = [head] if head else []
    if isinstance(body, str):
        return "\n".join([*lines, *_wrapped(body, columns)])
    indent = 2 + min(max(len(term) for term, _ in body), TERM) + 2
    for term, text in body:
        rows = _wrapped(text, columns - indent)
        before = " " * (indent if all(len(row) <= columns - indent for row in rows) else 4)
        beside = len(term) + 4 <= indent == len(before) and rows
        lines.append(f"  {term.ljust(indent - 2)}{rows[0]}" if beside else f"  {term}")
        lines += [before + row for row in (rows[1:] if beside else rows)]
    return "\n".join(lines)


def _wrapped(text: str, columns: int) -> list[str]:
    """Lines of a text; no figure, quotation or option with its value is broken."""
    text = UNBROKEN.sub("\0", text)
    text = re.sub(r'"[^"]{1,44}"', lambda each: _whole(each[0]), text)
    made = textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False)
    return [each.replace("\0", " ") for each in made]
