"""A question written as anybody would write one: its module, its words, and nothing else."""
