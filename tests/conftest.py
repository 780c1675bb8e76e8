import signal

from tests.browser import browser as browser

# Where a shell starts the suite in the background, it and every process that it starts would ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Mypy takes longest: begun first, it leaves no other process waiting at the end."""
    items.sort(key=lambda item: item.path.name != "test_gates.py")
