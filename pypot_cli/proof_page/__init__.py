"""One HTML file that recomputes a settlement proof in a browser, with no network and no server.

`page.js` and `style.css` are built from web/verifier by `npm run build` and kept here, so that a
page can be made without Node.js; a test builds them again from the lock file and compares bytes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pypot_cli.errors import PypotError
from pypot_cli.proof import read_proof

_PLACE = "<proof>"


def render(content: bytes) -> str:
    """Return the page for the proof in `content`, which goes into it as it is, valid or not.

    The page may run its own program and use its own style, known by their hashes, and nothing
    else: it can load nothing, send nothing and make no markup out of text. Raises
    UnreadableInputError as `read_proof` does.
    """
    read_proof(content)
    return _page(Markup(_inert(content.decode())))


def frame() -> tuple[str, str]:
    """Return the page before and after its proof.

    Who puts the text of a proof between them, every `<` as `\\u003c`, has what `render` returns.
    """
    before, _, after = _page(Markup(_PLACE)).partition(_PLACE)
    return before, after


def _page(proof: Markup) -> str:
    here = files(__name__)
    script, style = ((here / name).read_text("utf-8") for name in ("page.js", "style.css"))
    # Autoescape is for attributes and text. What stands inside script and style elements is not
    # parsed as markup, and ends at the next "</" only.
    page = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return page.from_string((here / "page.html.j2").read_text("utf-8")).render(
        policy=_policy(script, style),
        script=Markup(script),
        style=Markup(style),
        proof=proof,
    )


def write(page: str, file: Path) -> None:
    """Write a page to a file. Raises PypotError if that cannot be done."""
    try:
        file.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PypotError(f"cannot write {file}: {error.strerror}") from None


def _policy(script: str, style: str) -> str:
    """Return the page's Content-Security-Policy (W3C CSP 3)."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(script)}'",
            f"style-src '{_source(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _source(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _inert(text: str) -> str:
    r"""Return a JSON text that cannot end the element it stands in.

    In JSON a "<" stands inside strings only, where `\u003c` is the same character.
    """
    return text.replace("<", r"\u003c")
