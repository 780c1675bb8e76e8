"""The calls that are kept, by name; inputs lie in `inputs/`, each call works in a copy of that folder."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path
from unittest.mock import patch

from allocator.files import builtin_folder
from tests.command import Done, allocator

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
RESULT = "result.json"
"""A stored result that calls may read; made in the copy of the inputs before any of them."""

CASES: dict[str, str] = {
    "run": "run",
    "run-set": "run --set growth.realisation=0.3 --set lot=1 --set bounds.max_share=0.6",
    "run-locks": "run ruled.yaml",
    "run-near-name": "run --set 'locks=[{unit: chau phu, quota: 100}]'",
    "run-net": "run an-giang-2017/net-attainment",
    "run-unpublished": "run plain.yaml",
    "run-data": "run --data other.csv --set target=400",
    "run-tree": "run tree.yaml",
    "run-tree-once": "run tree.yaml --set hierarchy=at_once",
    "run-risk": "run an-giang-2017/base --set risk.weight=0.5",
    "run-unions": "run an-giang-2017/new-unions",
    "run-against": "run ruled.yaml --against base.yaml",
    "run-against-tables": "run plain.yaml --against base.yaml --set target=300",
    "run-save": "run --set growth.realisation=0.3 --save kept.yaml",
    "run-infeasible": "run --set bounds.max_share=0.3",
    "run-infeasible-locks": "run ruled.yaml --set target=200",
    "run-wrong-key": "run --set bounds.max_shre=0.3",
    "run-wrong-file": "run wrong.yaml",
    "run-wrong-table": "run --data wrong.csv",
    "audit": "audit",
    "audit-plain": "audit other.csv",
    "audit-wrong": "audit wrong.csv",
    "compare": "compare an-giang-2017/base an-giang-2017/net-attainment an-giang-2017/capped-effort",
    "compare-compromise": "compare an-giang-2017/base an-giang-2017/full-growth --compromise",
    "explain": "explain",
    "explain-unit": "explain --unit 'Châu Phú'",
    "explain-rules": "explain ruled.yaml",
    "explain-tree": "explain tree.yaml",
    "explain-near-unit": "explain --unit 'CHAU PHU'",
    "explain-no-unit": "explain --unit 'Châu Phúc'",
    "appeal": "appeal --unit 'Châu Phú' --quota 150",
    "appeal-none": "appeal --unit 'An Phú' --quota 2000",
    "appeal-ruled": "appeal ruled.yaml --unit 'Tịnh Biên' --quota 30",
    "appeal-locked": "appeal ruled.yaml --unit 'An Phú' --quota 20",
    "appeal-tree": "appeal tree.yaml --unit 'Tỉnh B/B1' --quota 45",
    "appeal-inner": "appeal tree.yaml --unit 'Tỉnh B' --quota 45",
    "verify": f"verify {RESULT}",
    "verify-data": f"verify {RESULT} --data other.csv",
    "sensitivity": "sensitivity --draws 1024",
    "sensitivity-details": "sensitivity ruled.yaml --draws 256 --seed 3 --details",
    "calibrate": "calibrate",
    "import": "import annex.txt --out imported",
    "import-unknown": "import strange.csv --out imported",
    "review": "review --progress progress.csv",
    "unions": "unions register.csv",
    "unions-province": "unions register.csv --set unions.over=province",
    "round": "round bids.csv",
    "round-ceiling": "round bids.csv --grant 'Chợ Mới' --ceiling 52%",
    "round-crowded": "round crowded.csv",
    "round-wrong": "round crossed.csv",
    "plan": "plan an-giang-2017/base an-giang-2017/year-2018",
    "synth": "synth --units 40 --levels 3 --seed 1 --out nation",
    "scenarios": "scenarios",
    "schema": "schema",
    "keys": "keys",
    "keys-one": "keys max_shre",
    "keys-unknown": "keys percentage_cap",
    "report-csv": "report ruled.yaml --out report --formats csv,html",
    "usage-command": "rnu",
    "usage-option": "run --ste lot=1",
    "usage-missing": "appeal --unit 'Châu Phú'",
}
FORMS = ("json", "en", "vi")
SCREENS = ("run", "run-against", "audit", "compare", "explain", "explain-unit", "appeal", "verify", "sensitivity",
           "calibrate", "import", "review", "unions", "round", "plan", "scenarios",
           "keys")  # fmt: skip
"""Calls whose first screen is kept, too, by form `LANGUAGE-screen`: it answers the question of the command."""
LINES, COLUMNS = 24, 80
"""Of a screen."""
FEWER = {
    **dict.fromkeys(("calibrate", "sensitivity-details", "compare-compromise"), ("json", "vi")),  # they search long
    "schema": ("json",),  # its text is its JSON
    "run-data": ("en", "vi"),  # the path of the table is among its inputs
}


def forms(name: str) -> tuple[str, ...]:
    """The forms in which a call is kept."""
    return *FEWER.get(name, FORMS), *(("en-screen", "vi-screen") if name in SCREENS else ())


def prepared(folder: Path) -> Path:
    """A copy of the inputs for calls to work in."""
    made = folder / "inputs"
    shutil.copytree(HERE / "inputs", made)
    for each in ("base.yaml", "units.csv", "source.yaml"):
        shutil.copy(builtin_folder() / "an-giang-2017" / each, made)
    assert allocator("run", "--out", RESULT, cwd=made, language="en").returncode == 0
    return made


def called(name: str, form: str, folder: Path) -> Done:
    """A call as it is kept, made in `folder`; what it wrote there is removed."""
    words, language = shlex.split(CASES[name]), "en" if form == "json" else form[:2]
    before = set(folder.iterdir())
    with patch.dict(os.environ, {"COLUMNS": str(COLUMNS)} if form.endswith("screen") else {}):
        done = allocator(*words, *(["--json"] if form == "json" else []), cwd=folder, language=language)
    for each in set(folder.iterdir()) - before:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    return done


def kept(name: str, form: str, folder: Path) -> str:
    """What is kept of a call: its exit status, its output, its messages; places of this machine left out."""
    done = called(name, form, folder)
    screen = "".join(done.stdout.splitlines(keepends=True)[:LINES])
    text = screen if form.endswith("screen") else f"{done.stdout}\nexit status {done.returncode}\n{done.stderr}"
    lines = (re.sub(r"\s+$", "", line) for line in text.replace(str(folder) + "/", "").splitlines())
    return "\n".join(lines) + "\n"


def file(name: str, form: str) -> Path:
    """Where a call is kept."""
    return EXPECTED / f"{name}.{'json' if form == 'json' else form + '.txt'}"
