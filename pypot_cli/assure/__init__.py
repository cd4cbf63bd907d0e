"""`pypot assure`: runs what is too long for every test run, and reports what came of it.

A harness is a module of `tests/assurance` with a constant `HARNESS`; nothing else registers it. It
gets a `Run`, which says how long it may take and collects its figures and failures.
"""

from pypot_cli.assure.harness import Harness, Run, find
from pypot_cli.assure.report import Report, Result
from pypot_cli.assure.runner import run
from pypot_cli.assure.screen import Screen

__all__ = ["Harness", "Report", "Result", "Run", "Screen", "find", "run"]
