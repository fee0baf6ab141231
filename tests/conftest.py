"""What all tests share: where skipping is not allowed, a skip is a failure."""

import os

import pytest
from hypothesis import settings

# A busy machine makes an example slow, not wrong.
settings.register_profile("voltonic", deadline=None)
settings.load_profile("voltonic")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    forbidden = os.environ.get("VOLTONIC_NO_SKIP") == "1"
    if forbidden and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipping is not allowed here: {report.longrepr}"
    return report
