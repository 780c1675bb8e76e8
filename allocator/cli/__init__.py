"""The command line: parse, call, print.

What more a command does than its question stands in a module of this package, loaded only when it is called.
"""
