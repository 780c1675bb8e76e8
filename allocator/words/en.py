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
    "table.no_file": "there is no such file: check the path",
    "table.directory": "this is a directory, not a table: name the file in it, e.g. units.csv",
    "table.too_large": "{size:n1} MB is more than the {most:n} MB a table may have: split it, or leave out what is not a table",
    "table.too_many_rows": "{rows:n} rows are more than the {most:n} a table may have: split the table",
    "table.not_utf8": "this is not UTF-8 text: save the table again as “CSV UTF-8”",
    "table.not_text": "this is not text: give a CSV file, or a workbook under its own ending (.xlsx, .xls, .ods)",
    "table.bad_csv": "the text cannot be split into cells ({cause}): close every quotation mark, or save the table again as CSV",
    "table.bad_workbook": "the workbook cannot be read ({cause}): open it in a spreadsheet program, save it as .xlsx without a password, and try again",
    "table.empty": "the file is empty: it needs a header row with unit and workforce, then one row a unit",
    "table.no_rows": "the table has a header and no unit: add one row a unit below it",
    "table.missing_columns": "the header lacks {missing:list}; it has {seen:list}: add or rename the columns",
    "table.duplicate_column": "two columns are called {column}: rename or remove one",
    "table.blank_header": "the column has figures and no name: name it in the header row, or empty it",
    "cell.ragged": "the row has {cells:n} cells and the header {wanted:n}: give every row as many cells as the header, and put text that holds the delimiter in quotation marks",
    "cell.blank_unit": "the row has no unit name: name the unit, or remove the row",
    "cell.duplicate_unit": "unit {unit} is already at {earlier}: names must differ by more than spaces and the way accents are stored; rename one or join the two rows",
    "cell.blank": "{column} of {unit} is blank: fill in the figure; write 0 if there is nobody",
    "cell.not_number": "“{cell}” in column {column} ({unit}) is not a number: write digits, with a point before decimals and no marks between thousands",
    "cell.two_ways": "“{cell}” in column {column} ({unit}) can be read two ways, as thousands or as a decimal: write {plain} if thousands are meant, else leave out the last zeros or decimals",
    "cell.not_whole": "“{cell}” in column {column} ({unit}) is not a whole number of persons: round it or correct it",
    "cell.negative": "“{cell}” in column {column} ({unit}) is negative: a number of persons cannot be below 0; correct it",
    "cell.too_large": "“{cell}” in column {column} ({unit}) is more than {most:n}: correct it, or count in a larger unit",
    "cell.text_column": "column {column} holds text ({unit}: “{cell}”): it cannot be used as figures; choose another column",
    "cell.not_percent": "“{cell}” in column {column} ({unit}) is not a percentage: write it with its % sign",
    "cell.two_ways_vietnamese": "“{cell}” in column {column} ({unit}) can be read two ways, as thousands or as a decimal: write 1.500 for fifteen hundred and 1,5 for one and a half",
    "cell.more": "{more:n} more faults of this kind are not shown: mend these first",
    "source.unknown_key": "there is no key {key}: correct its spelling or remove it",
    "source.wrong_value": "{key} has the value {value}, of a kind that does not belong there: text goes in quotation marks, lists in square brackets",
    "source.two_columns": "{key} must name two columns: write them as [first, second]",
    "extra.missing": "an optional part is not installed: pip install \"allocator[{extra}]\"",
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
