"""docs/frontend.md names the messages that functions send, and functions that callers have."""

import re

from pypot_cli.config import ROOT

PAGE = (ROOT / "docs" / "frontend.md").read_text(encoding="utf-8")
PRIVATE = {
    file.stem: re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
    for file in (ROOT / "supabase" / "functions" / "private").rglob("*.sql")
}
FUNCTIONS = (ROOT / "tests" / "security" / "public_functions.txt").read_text(encoding="utf-8")


def messages(topic: str) -> set[str]:
    """The messages that the page names for a topic."""
    (cell,) = re.findall(rf"^\| `{re.escape(topic)}` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", cell))


def sent(call: str) -> set[str]:
    """The messages of every call of a function whose name and event are literal."""
    return {
        event
        for text in PRIVATE.values()
        for event in re.findall(rf"private\.{call}\(\s*[^,()]+,\s*'(\w+)'", text)
    }


def test_the_messages_of_pots_and_the_lobby_are_those_that_are_sent() -> None:
    # A join sends its own with others at once.
    assert "array['joined', 'balance']" in PRIVATE["join_pot"]
    assert messages("pots:{id}") == sent("announce_pot") | {"joined"}
    assert messages("pots:lobby") == sent("announce_lobby")


def test_the_other_topics_are_those_that_are_sent_to() -> None:
    assert messages("live-drops") == {"drop"}
    assert re.search(r"'drop', 'live-drops', true", PRIVATE["publish_drop"])
    assert messages("wallet:{user_id}") == {"balance"}
    assert re.search(r"'balance', 'wallet:' \|\| p_user_id, true", PRIVATE["announce_wallet"])
    (told,) = re.findall(r"array_position\('\{([a-z,]+)\}'", PRIVATE["announce_alert"])
    assert messages("alerts") == set(told.split(","))


def test_the_functions_are_there_for_whom_the_page_says() -> None:
    callers = {
        name: role for role, name in re.findall(r"^(\w+) +\w+ +(\w+)\(", FUNCTIONS, re.MULTILINE)
    }
    calls = PAGE.partition("\n## Messages\n")[0]
    rows = re.findall(r"^\| (`[a-z_]+\(?.*?) \| (anybody|players|players; anybody) \|", calls, re.M)
    named = {(name, whom) for cell, whom in rows for name in re.findall(r"`([a-z_]+)", cell)}
    assert len(named) > 15
    for name, whom in named:
        assert (
            callers[name]
            in {
                "anybody": {"anon"},
                "players": {"authenticated"},
                "players; anybody": {"anon", "authenticated"},
            }[whom]
        ), name
