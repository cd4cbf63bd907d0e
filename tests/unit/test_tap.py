"""The reader of TAP lets nothing pass that is not a pass."""

import pytest

from tests.support.pgtap import read_tap


@pytest.mark.parametrize(
    "output",
    [
        "1..2\nok 1 - one\nok 2 - two\n",
        "ok 1 - one\n1..1\n",
        "1..1\nnot ok 1 - later # TODO when it is built\n# Failed (TODO) test 1\n",
        "1..1\nok 1 - # SKIP no such thing here\n",
        "1..0 # SKIP nothing to do\n",
    ],
)
def test_a_pass_has_no_problems(output: str) -> None:
    assert read_tap(output) == []


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("", "no plan: the file ended early, or ran no test"),
        ("ok 1 - one\n", "no plan: the file ended early, or ran no test"),
        ("1..2\nok 1 - one\n", "planned 2 tests and ran 1"),
        ("1..1\nok 1 - one\nok 2 - two\n", "planned 1 tests and ran 2"),
        ("1..1\nnot ok 1 - one\n", "not ok 1 - one"),
        ("1..2\nok 1 - one\nok 3 - three\n", "out of order, 2 expected: ok 3 - three"),
        ("1..1\nok 1 - one\nBail out! no more\n", "Bail out! no more"),
        ("1..1\nnot ok 1 - one\n#     have: 2\n", "#     have: 2"),
    ],
)
def test_anything_else_says_what_is_wrong(output: str, problem: str) -> None:
    assert problem in read_tap(output)


def test_a_comment_below_a_pass_is_no_problem() -> None:
    assert read_tap("1..2\nnot ok 1 - a\n# why\nok 2 - b\n# by the way\n") == [
        "not ok 1 - a",
        "# why",
    ]
