"""The nearest name: the examples of PostgREST's own documentation of its hints."""

import pytest

from pypot_cli.api.rest.hints import nearest

SIGNATURES = ["(name, param, val)", "(attr, id)"]


@pytest.mark.parametrize(
    ("name", "names", "least", "found"),
    [
        ("testt", ["test", "another"], 0.75, "test"),
        ("other", ["test", "another"], 0.75, None),
        ("noclosealternative", ["test", "another"], 0.75, None),
        ("(nam, pqaram, vall)", SIGNATURES, 0.33, "(name, param, val)"),
        ("(param, val)", SIGNATURES, 0.33, "(name, param, val)"),
        ("(attrs, id)", SIGNATURES, 0.33, "(attr, id)"),
        ("(id)", SIGNATURES, 0.33, "(attr, id)"),
        ("(noclosealternative)", SIGNATURES, 0.33, None),
        ("TEST", ["test"], 0.75, "test"),
        ("", ["test"], 0.33, None),
        ("test", [], 0.33, None),
    ],
)
def test_the_nearest_name_is_found(
    name: str, names: list[str], least: float, found: str | None
) -> None:
    assert nearest(name, names, least) == found
