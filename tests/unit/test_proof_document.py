"""What a file or standard input holds becomes a JSON object, or a sentence says why it does not."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.proof import (
    LONGEST_PROOF,
    Document,
    open_content,
    open_proof,
    read_document,
    read_proof,
)
from pypot_cli.proof.document import parse, read_bytes

Reader = Callable[[bytes], str]


@pytest.fixture(params=["a file", "standard input"])
def source(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    """Offers bytes as a file, or on standard input, and returns what a command calls them."""

    def offer(content: bytes) -> str:
        if request.param == "a file":
            (tmp_path / "given").write_bytes(content)
            return str(tmp_path / "given")
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        return "-"

    return offer


def test_one_byte_more_than_allowed_is_read_and_no_more(source: Reader) -> None:
    # Enough to see that it is too long, however long it is. Bytes as they are: no line end changes.
    assert read_bytes(source(b"a\r\nbcdef"), 5) == b"a\r\nbcd"
    assert open_content(source(b"{" * (LONGEST_PROOF + 10))) == b"{" * (LONGEST_PROOF + 1)


def test_a_proof_is_read_from_a_file_or_standard_input(source: Reader) -> None:
    content = '{"name": "Zo\u00eb", "a": 1, "a": 2}'.encode()
    ambiguous = ['the key "a" appears twice in one object']
    expected = Document({"name": "Zo\u00eb", "a": 2}, ambiguous)
    assert open_proof(source(content)) == expected
    assert read_document(source(content), "the receipt") == expected
    assert read_proof(content) == expected


def test_a_document_may_have_as_many_bytes_as_are_allowed() -> None:
    assert LONGEST_PROOF == 262_144
    assert read_proof(b"{}".ljust(LONGEST_PROOF)) == Document({})
    # Bytes, not characters.
    assert parse('"\u00eb"'.encode(), 4, "it") == ("\u00eb", [])
    with pytest.raises(UnreadableInputError, match=r"^it is larger than 3 bytes$"):
        parse('"\u00eb"'.encode(), 3, "it")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}".ljust(LONGEST_PROOF + 1), " is larger than 262144 bytes"),
        (b"{", " is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"a": NaN}', " is not JSON: NaN is not JSON"),
        (b'{"a": "\xff"}', " is not JSON: 'utf-8' codec can't decode byte 0xff in position 7"),
        (b"[]", " is not a JSON object"),
    ],
)
def test_what_is_not_a_json_object_is_named_by_what_it_was_to_be(
    source: Reader, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableInputError) as error:
        open_proof(source(content))
    assert str(error.value).startswith(f"the proof{said}")
    with pytest.raises(UnreadableInputError) as error:
        read_proof(content)
    assert str(error.value).startswith(f"the proof{said}")
    with pytest.raises(UnreadableInputError) as error:
        read_document(source(content), "the receipt")
    assert str(error.value).startswith(f"the receipt{said}")


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none", "No such file or directory"), (tmp_path, "Is a")):
        with pytest.raises(UnreadableInputError) as error:
            open_proof(str(path))
        assert str(error.value).startswith(f"cannot read {path}: {why}")
