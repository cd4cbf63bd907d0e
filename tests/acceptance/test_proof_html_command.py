"""`pypot proof html` as a shell sees it: exit codes and files."""

import subprocess
import sys
from pathlib import Path

import pytest

from pypot_cli.proof_page import render
from tests.unit.proofs import GOLDEN


def proof_html(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "proof", "html", *map(str, arguments)],
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_page_is_written_to_a_file_or_to_standard_output(tmp_path: Path) -> None:
    expected = render(GOLDEN.read_bytes()).encode()
    file = tmp_path / "page.html"
    done = proof_html(GOLDEN, "--out", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert file.read_bytes() == expected
    done = proof_html("-", given=GOLDEN.read_bytes())
    assert (done.returncode, done.stdout) == (0, expected)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", b"the proof is not JSON"), (b" " * 300_000, b"the proof is larger than")],
)
def test_an_unreadable_proof_exits_with_2_and_leaves_no_file(
    tmp_path: Path, content: bytes, said: bytes
) -> None:
    file = tmp_path / "page.html"
    done = proof_html("-", "--out", file, given=content)
    assert done.returncode == 2
    assert done.stderr.startswith(b"pypot: " + said)
    assert not file.exists()


def test_a_file_that_cannot_be_written_exits_with_1(tmp_path: Path) -> None:
    done = proof_html(GOLDEN, "--out", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"pypot: cannot write {tmp_path}: ".encode())
