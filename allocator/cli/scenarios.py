"""`allocator scenarios`: the built-in scenarios, each with the question it answers."""

from __future__ import annotations

from allocator.cli import Call, command
from allocator.cli.terminal import print_table


@command("scenarios")
def scenarios(call: Call) -> None:
    """List the built-in scenarios."""
    from allocator.files import builtin_scenarios, load_scenario

    found = [(name, load_scenario(name)[1]) for name, _ in builtin_scenarios()]
    document = {
        "scenarios": [
            {"name": name, "title": each.title.model_dump(), "question": each.question.model_dump()}
            for name, each in found
        ]
    }
    headers = [call.words("column.scenario"), call.words("column.question")]
    rows = [[name, getattr(each.question, call.words.language)] for name, each in found]
    call.show(document, lambda: print_table(headers, rows, text_columns=2))
