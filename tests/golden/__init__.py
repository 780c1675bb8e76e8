"""What every command gives, kept: its JSON and its text in both languages: a rebuilding changes nothing unseen.

`python -m tests.golden` writes the expected files anew; what then differs from the commit before is what a change of
the program changed for its users.
"""
