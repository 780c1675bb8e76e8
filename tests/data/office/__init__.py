"""Tables as offices send them, and what a clerk reads in each; `python -m tests.data.office` tells how many come in."""
