import pytest

from allocator import load_scenario
from allocator.fit.calibration import calibrate


@pytest.fixture(scope="session")
def found():
    """The calibration of the An Giang table, which takes seconds: once for all tests of this folder."""
    return calibrate(*load_scenario("an-giang-2017/base"))


def pytest_collection_modifyitems(items):
    """Where several processes share the tests, one of them has all that rest on that calibration."""
    for item in items:
        if "found" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("calibration"))
