"""The page that `pypot proof html` writes: what it may do, and what a hostile proof cannot."""

import base64
import hashlib
import json
from html.parser import HTMLParser

import pytest

from pypot_cli import proof_page
from pypot_cli.errors import UnreadableInputError
from tests.unit.proofs import GOLDEN, make_proof, to_text

PROOF = GOLDEN.read_bytes()


class Elements(HTMLParser):
    """Every element with its attributes, and the text inside script and style elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.texts.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            tag, text = self.texts[-1]
            self.texts[-1] = (tag, text + data)

    def policy(self) -> dict[str, str]:
        for _, attributes in self.elements:
            if attributes.get("http-equiv") == "Content-Security-Policy":
                parts = (part.partition(" ") for part in (attributes["content"] or "").split("; "))
                return {name: value for name, _, value in parts}
        raise AssertionError("the page has no policy")


def source_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_lets_the_page_run_its_own_program_and_style_and_nothing_else() -> None:
    page = Elements(proof_page.render(PROOF))
    (_, style), (_, proof), (_, script) = page.texts
    assert page.policy() == {
        "default-src": "'none'",
        "script-src": source_of(script),
        "style-src": source_of(style),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert json.loads(proof) == json.loads(PROOF)


def test_the_page_names_nothing_outside_itself_and_handles_no_event_in_markup() -> None:
    for tag, attributes in Elements(proof_page.render(PROOF)).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "srcset", "style", "action"), (tag, name)
            assert name != "href" or (value or "").startswith("#"), (tag, value)


HOSTILE = "</script><script>alert(1)</script><!--<script>&lt;{{ 7*7 }}{% raw %}\u2028</style>"


def test_a_proof_stands_in_the_page_exactly_and_ends_no_element() -> None:
    for value in (HOSTILE, HOSTILE.upper(), "<" * 1000, "&quot;&amp;", "\u202e"):
        content = json.dumps({"pot_id": value, value: [value]}, ensure_ascii=False)
        page = Elements(proof_page.render(content.encode()))
        assert [tag for tag, _ in page.texts] == ["style", "script", "script"]
        assert json.loads(page.texts[1][1]) == json.loads(content)
        honest = Elements(proof_page.render(PROOF))
        assert page.elements == honest.elements


def test_what_two_programs_may_read_differently_goes_in_as_it_is() -> None:
    content = to_text(make_proof()).replace('"version": 1', '"version": 1, "version": 1.0')
    assert Elements(proof_page.render(content.encode())).texts[1] == ("script", content)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff{}", b"NaN", b"{}" + b" " * (1 << 18)])
def test_what_is_no_json_object_gets_no_page(content: bytes) -> None:
    with pytest.raises(UnreadableInputError):
        proof_page.render(content)


def test_a_page_is_small_and_the_same_each_time() -> None:
    assert proof_page.render(PROOF) == proof_page.render(PROOF)
    assert len(proof_page.render(PROOF)) - len(PROOF) < 400_000
