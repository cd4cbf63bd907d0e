"""Registers what tests and sql/tests share; it stands at the root because both are below it."""

pytest_plugins = [
    "tests.support.fixtures",
    "tests.support.pgtap",
    "tests.support.game",
    "tests.support.parallel",
]
