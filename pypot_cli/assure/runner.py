"""Runs harnesses one after another, and keeps a report as it goes."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import secrets
import tempfile
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path

from pypot_cli.assure.harness import Harness, Run, find
from pypot_cli.assure.report import Report, Result, clock
from pypot_cli.assure.screen import Screen
from pypot_cli.config import strict
from pypot_cli.errors import LeftOutError, PypotError, UnreadableInputError
from pypot_cli.interrupts import terminated_as_interrupted


def run(
    minutes: float | None,
    only: Collection[str],
    seed: int | None,
    directory: Path | None,
    screen: Screen,
) -> Report:
    """Run all harnesses, or those in `only`, and return what they found.

    `minutes` is for all of them together, shared as their own minutes are; None gives each its own.
    With `directory`, report.md and report.json are written there after each harness, beside a
    new directory of each one's files. Raises UnreadableInputError for an unknown name; when
    interrupted KeyboardInterrupt, after which the report has what had ended.
    """
    harnesses = find()
    unknown = sorted(set(only) - set(harnesses))
    if unknown:
        raise UnreadableInputError(
            f"no such harness: {', '.join(unknown)}; there are {', '.join(harnesses)}"
        )
    wanted = [each for name, each in harnesses.items() if not only or name in only]
    share = 1.0 if minutes is None else minutes / sum(each.minutes for each in wanted)
    report = Report(secrets.randbelow(2**32) if seed is None else seed)
    with terminated_as_interrupted():
        for each in wanted:
            allowed = each.minutes * share * 60
            screen.say(f"{each.name}: {each.what} ({clock(allowed)} at most)")
            with _place(directory, each.name) as place:
                report.results.append(_run(each, Run(allowed, report.seed, place, screen)))
            if directory is not None:
                _write(report, directory)
    return report


def _run(harness: Harness, going: Run) -> Result:
    left_out = None
    try:
        harness.run(going)
    except LeftOutError as error:
        left_out = str(error)
        if strict():
            going.fail(f"PYPOT_STRICT=1 and not everything is here: {error}")
    except PypotError as error:
        going.fail(str(error))
    except Exception as error:
        (going.directory / "traceback.txt").write_text(traceback.format_exc())
        going.fail(f"ended by {type(error).__name__}: {error}")
    return Result(
        harness.name,
        harness.what,
        datetime.datetime.now(datetime.UTC).date().isoformat(),
        round(going.elapsed, 1),
        round(going.seconds, 1),
        going.figures,
        going.failures,
        left_out,
    )


@contextlib.contextmanager
def _place(directory: Path | None, name: str) -> Iterator[Path]:
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="pypot-assure-") as temporary:
            # Root's servers run as another user, who has to walk to their data.
            Path(temporary).chmod(0o711)
            yield Path(temporary)
        return
    places = (directory / (f"{name}-{number}" if number else name) for number in itertools.count())
    # What an earlier run left stays, and is in nobody's way.
    place = next(each for each in places if not each.exists())
    place.mkdir(parents=True)
    yield place
    with contextlib.suppress(OSError):
        place.rmdir()  # if it left nothing there


def _write(report: Report, directory: Path) -> None:
    (directory / "report.json").write_text(json.dumps(report.as_json(), indent=2) + "\n")
    (directory / "report.md").write_text(report.as_markdown())
