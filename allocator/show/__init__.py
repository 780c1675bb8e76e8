"""A finding shown: in a terminal, as JSON, as CSV or Markdown."""
