"""The page of `pypot proof html` in a browser, and how its sources are built."""

import base64
import fcntl
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from pypot_cli import proof_page
from tests.support.packages import MissingProgramError

SOURCES = Path(__file__).parents[2] / "web" / "verifier"

_TOLD = """verdict => verdict.unreadable !== undefined ? "unreadable" : {
    valid: verdict.valid,
    pot_id: verdict.potId,
    draw_version: verdict.drawVersion,
    witnessed: verdict.witnessed,
    summary: verdict.summary,
    not_proven: verdict.notProven,
    checks: verdict.checks.map(({ name, outcome }) => [name, outcome]),
    ...("won" in verdict ? { won: verdict.won } : {}),
}"""
_JUDGE = f"""async ([contents, trusted]) => {{
    const told = {_TOLD}
    const verdicts = []
    for (const [text, base64] of contents) {{
        const content = text ?? Uint8Array.from(atob(base64), each => each.charCodeAt(0))
        verdicts.push(told(await pypot.verify(content, trusted)))
    }}
    return verdicts
}}"""
_JUDGE_RECEIPTS = f"""async ([cases, trusted]) => {{
    const told = {_TOLD}
    const verdicts = []
    for (const [receipt, proof, user] of cases) {{
        verdicts.push(told(await pypot.verifyReceipt(receipt, proof, user, trusted)))
    }}
    return verdicts
}}"""


def open_page(browser: Browser, directory: Path, content: bytes, **options: Any) -> Page:
    """The page of a proof, once it has given its verdict."""
    file = directory / "proof page.html"
    proof_page.write(proof_page.render(content), file)
    page = browser.new_page(**options)
    page.goto(file.as_uri())
    expect(page.locator("#summary")).not_to_have_text("no verdict yet")
    return page


def judge(page: Page, contents: Sequence[str | bytes], entered: Mapping[str, str]) -> list[Any]:
    """The page's verdicts of proofs, the texts of `entered` naming whom the reader trusts.

    As {valid, pot_id, draw_version, witnessed, summary, not_proven, checks: [[name, outcome]]}, or
    "unreadable".
    """
    given = [
        (content, None) if isinstance(content, str) else (None, base64.b64encode(content).decode())
        for content in contents
    ]
    verdicts: list[Any] = page.evaluate(_JUDGE, [given, dict(entered)])
    return verdicts


def judge_receipts(
    page: Page, cases: Sequence[tuple[str, str, str | None]], entered: Mapping[str, str]
) -> list[Any]:
    """The page's verdicts of receipts, each with a proof and a user id; also with `won`."""
    verdicts: list[Any] = page.evaluate(_JUDGE_RECEIPTS, [cases, dict(entered)])
    return verdicts


def node_modules() -> Path:
    """The packages that package-lock.json names, installed when they are not, or not all, there."""
    modules = SOURCES / "node_modules"
    lock = (SOURCES / "package-lock.json").read_bytes()
    stamp = modules / ".installed-lock.json"
    with (SOURCES / "package.json").open("rb") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_bytes() != lock:
            run("npm", "ci", "--no-audit", "--no-fund")
            stamp.write_bytes(lock)
    return modules


def run(*command: str) -> str:
    """What a command prints in the directory of the sources. Fails the test if the command does."""
    try:
        done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingProgramError("install Node.js with npm, to build web/verifier") from None
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
