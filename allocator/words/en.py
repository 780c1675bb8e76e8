"""English. Keys are grouped by room; `tests/test_words.py` holds the catalogues to the same keys and values."""

TEXT = {
    "list.and": "and",
    # ── command line ──────────────────────────────────────────────────────────────────────────────────────────────
    "cli.help": "Shares a recruitment target among units in whole lots, provably fair, and defends every quota.",
    "cli.epilog": "Start with: allocator run",
    "cli.commands": "Commands",
    "cli.example": "Example:",
    "cli.error": "error: {message}",
    "cli.interrupted": "interrupted",
    "cli.internal": "something this program did not foresee ({cause}): set ALLOCATOR_DEBUG=1, run it again and report what it prints",
    "cli.option.json": "Print one JSON object and nothing else.",
    "cli.option.lang": "Language of the output (default: the locale's, else en).",
    "cli.option.set": "Change one scenario key for this call, e.g. --set growth.realisation=0.3 (repeatable).",
    "cli.option.data": "Use this table instead of the scenario's.",
    # ── data: tables, numbers, audit ──────────────────────────────────────────────────────────────────────────────
    "table.no_column": "there is no column {column}: use one of {columns:list}, or add the column to the table",
    # ── data: import ──────────────────────────────────────────────────────────────────────────────────────────────
    # ── scenario files ────────────────────────────────────────────────────────────────────────────────────────────
    # ── model ─────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── explain, appeal, verify, infeasible ───────────────────────────────────────────────────────────────────────
    # ── sensitivity ───────────────────────────────────────────────────────────────────────────────────────────────
    # ── calibrate ─────────────────────────────────────────────────────────────────────────────────────────────────
    # ── report ────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── scale: hierarchy, sweeps, synth ───────────────────────────────────────────────────────────────────────────
    # ── year: review, plan, unions ────────────────────────────────────────────────────────────────────────────────
    # ── end ───────────────────────────────────────────────────────────────────────────────────────────────────────
}
