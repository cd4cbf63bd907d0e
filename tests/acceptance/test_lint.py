"""The linters are tests too, so that `./dev test` leaves nothing for later."""

import subprocess

from pypot_cli.config import ROOT


def test_every_linter_is_content() -> None:
    done = subprocess.run([ROOT / "dev", "lint"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
