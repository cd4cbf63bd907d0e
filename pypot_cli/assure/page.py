"""The figures that docs/assurance.md shows, kept beside the harnesses."""

from __future__ import annotations

import json

from pypot_cli.assure.report import Report
from pypot_cli.config import ROOT

FIGURES = ROOT / "tests" / "assurance" / "figures.json"


def keep(report: Report) -> None:
    """Put what ran in the place of what was kept of the same harnesses; the rest stays."""
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for each in report.as_json()["results"]:
        if each["left_out"] is None:
            kept[each["name"]] = each
    FIGURES.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")
