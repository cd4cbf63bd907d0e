"""Each example prints what its golden file says, on both PostgreSQLs.

After a change that is meant: `PYPOT_UPDATE_EXAMPLES=1 ./dev test sql/examples`, and read the diff.
"""

import os
import subprocess
from pathlib import Path

import pytest

from pypot_cli.db.binaries import embedded
from tests.support.database import Database

EXAMPLES = sorted(Path(__file__).parent.glob("*.sql"))


@pytest.mark.postgres(17, 15)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_example_prints_its_golden_output(db: Database, example: Path) -> None:
    """psql's output, statements and results, is the file beside the example."""
    command = [
        embedded().tool("psql"),
        "--no-psqlrc",
        "--quiet",
        "--echo-all",
        "--pset=pager=off",
        "--set=ON_ERROR_STOP=1",
        f"--file={example}",
        db.url(),
    ]
    env = {**os.environ, "PGOPTIONS": "", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.stderr == ""

    golden = example.with_suffix(".out")
    if os.environ.get("PYPOT_UPDATE_EXAMPLES") == "1":
        golden.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == golden.read_text(encoding="utf-8")


def test_there_are_examples_and_no_orphaned_golden_file() -> None:
    """A golden file without its example compares nothing."""
    goldens = sorted(Path(__file__).parent.glob("*.out"))
    assert [golden.stem for golden in goldens] == [example.stem for example in EXAMPLES] != []
