"""An imported table as the files of a scenario folder: units.csv, source.yaml and a first base.yaml."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import yaml

from allocator.data.source import SOURCE_FILE
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.importing import Imported

LOTS = (10, 5, 1)
HISTORY = ("term_target", "recruited")
FIRST_REALISATION = 0.2
FIRST_ATTAINMENT = {"basis": "gross", "exponent": 1, "floor": 0.5, "ceiling": 1, "missing": 1}


class _Quoted(str):
    """Text always written in quotation marks, so that `4.000` stays what was printed."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def folder_files(made: Imported, words: Words) -> dict[str, str]:
    """Content of each file by its name; comments in the language of `words`."""
    return {"units.csv": units_csv(made), SOURCE_FILE: source_yaml(made, words), "base.yaml": base_yaml(made, words)}


def units_csv(made: Imported) -> str:
    """The table as CSV: plain figures, blanks as blanks."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(made.rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made.rows)
    return text.getvalue()


def source_yaml(made: Imported, words: Words) -> str:
    """Where each figure comes from, totals and odd cells as printed; keys without a value left out."""
    return _comment(words("import.source_comment")) + _yaml(_quoted(made.source.model_dump()))


def base_yaml(made: Imported, words: Words) -> str:
    """A first scenario: the target, lots that fit the published quotas, the built-in scenario's assumptions."""
    document = made.source.document
    titles = {
        each: _Quoted(Words(each)("import.base_title", name=document.number or document.file)) for each in LANGUAGES
    }
    decisions: dict[str, Any] = {"title": titles, "data": "units.csv"}
    if made.target is None:
        decisions_text = _yaml(decisions) + _comment(words("import.base_no_target")) + "# target: …\n"
    else:
        lot = first_lot(made)
        decisions_text = _yaml(decisions | {"published": "published_quota", "target": made.target, "lot": lot})
    assumptions: dict[str, Any] = {}
    if "growth_estimate" in made.rows[0]:
        assumptions["growth"] = {"realisation": FIRST_REALISATION}
    if all(each in made.rows[0] for each in HISTORY):
        assumptions["attainment"] = FIRST_ATTAINMENT
    shown = _comment(words("import.base_assumptions")) + _yaml(assumptions) if assumptions else ""
    return _comment(words("import.base_comment")) + decisions_text + shown


def first_lot(made: Imported) -> int:
    """The greatest of `LOTS` that divides the target and every published quota."""
    quotas = [made.target or 0, *(row.get("published_quota") or 0 for row in made.rows)]
    return next(lot for lot in LOTS if all(quota % lot == 0 for quota in quotas))


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def _quoted(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _quoted(value) for key, value in content.items() if value not in ("", None, [], {})}
    return [_quoted(each) for each in content] if isinstance(content, list) else _Quoted(content)
