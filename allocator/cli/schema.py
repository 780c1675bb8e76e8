"""`allocator schema`: the JSON Schema of a scenario file, for editors."""

from __future__ import annotations

from allocator.cli import Call, command


@command("schema")
def schema(call: Call) -> None:
    """Print the schema, with or without --json."""
    from allocator.files import json_text
    from allocator.model.scenario import Scenario

    document = Scenario.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["properties"]["extends"] = {"type": "string"}
    call.show(document, lambda: json_text(document).rstrip())
