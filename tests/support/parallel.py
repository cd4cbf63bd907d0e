"""What running tests in several processes needs: a mark for those that do not, failures at once.

Each worker of pytest-xdist has servers of its own (`tests.support.servers`), so tests share nothing
but the machine. What needs that for itself, because it measures time or everything that runs, is
marked `alone`; `tests.support.everything` runs those after the rest, one at a time.
"""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers", "alone: it measures the machine, so ./dev test runs nothing beside it"
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Tell(config))


class _Tell:
    """Shows a failure when it happens; pytest itself keeps the text to the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line("")
            terminal.write_sep("_", f"{report.when} of {report.nodeid} failed", red=True)
            terminal.write_line(report.longreprtext)
