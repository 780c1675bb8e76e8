import signal

from hypothesis import settings

from tests.browser import browser as browser

# The same examples in every run, on machines of any speed; new ones are drawn by `python -m tests.stress.…`.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# Where a shell starts the suite in the background, it and every process that it starts would ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Mypy takes longest: begun first, it leaves no other process waiting at the end."""
    items.sort(key=lambda item: item.path.name != "test_gates.py")


def pytest_make_parametrize_id(config, val, argname):
    """Bytes are named by their argument: an archive made while tests are collected holds the time it was made, and
    each worker process would know the test by another name."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200) else None
