"""A table comes in: reading files, Vietnamese numbers, units, audit."""
