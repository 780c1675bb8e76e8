"""Which assumptions explain a published table, and what none explains."""
