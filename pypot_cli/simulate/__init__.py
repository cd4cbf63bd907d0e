"""`pypot simulate day`: a day of players by real calls, and what the metrics say of it.

Visits come by a Poisson process whose rate follows the hours and bursts now and then (`crowd`);
each join is a real call at its time by a replaced clock, and both services do the rest (`day`).
"""

from pypot_cli.simulate.day import Wanted, run
from pypot_cli.simulate.report import Report, Screen

__all__ = ["Report", "Screen", "Wanted", "run"]
