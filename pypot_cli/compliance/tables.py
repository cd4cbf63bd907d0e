"""What the desk prints where people look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

_MOST_COMPONENTS = 20
_MOST_ENTRIES = 50
_MOST_ACCOUNTS = 8


def facts(values: Row) -> Table:
    """Return names and values, a line each."""
    table = Table.grid(padding=(0, 2))
    for name, value in values.items():
        table.add_row(Text(name, style="bold"), Text(_shown(value), overflow="fold"))
    return table


def listing(title: str, columns: Mapping[str, str], rows: Iterable[Row]) -> Table:
    """Return a table of rows; `columns` maps each heading to the field it shows."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(
            *(Text(_shown(row.get(field)), overflow="fold") for field in columns.values())
        )
    return table


def cases(rows: Sequence[Row]) -> Table:
    """Return the pots that need somebody to look."""
    columns = {
        "pot": "pot_id",
        "status": "state",
        "needs": "needs",
        "open flags": "open_flags",
        "holding": "holding_flags",
        "highest": "max_score",
        "alerts": "alerts",
        "tickets": "tickets_sold",
        "players": "participant_count",
        "opened": "created_at",
    }
    return listing("Cases", columns, ({**row, "state": _state(row)} for row in rows))


def flags(rows: Iterable[Row], title: str = "Flags") -> Table:
    """Return flags, with their evidence."""
    columns = {
        "flag": "flag_id",
        "kind": "kind",
        "score": "score",
        "effect": "effect",
        "status": "status",
        "user": "user_id",
        "evidence": "evidence",
        "since": "created_at",
    }
    return listing(title, columns, rows)


def alerts(rows: Iterable[Row]) -> Table:
    """Return alerts, with what was found."""
    columns = {
        "alert": "alert_id",
        "kind": "kind",
        "severity": "severity",
        "status": "status",
        "pot": "pot_id",
        "detail": "detail",
        "times": "occurrences",
        "opened": "opened_at",
        "last": "last_at",
    }
    return listing("Alerts", columns, rows)


def policies(rows: Iterable[Row]) -> Table:
    """Return policies of flags, with what is proposed and waits for another person."""
    columns = {
        "kind": "kind",
        "effect": "effect",
        "from score": "min_score",
        "since": "updated_at",
        "proposed": "proposal",
        "by": "proposed_by",
        "until": "proposal_ends_at",
    }
    told = [{**row, "proposal": _proposal(row)} for row in rows]
    return listing("Policies", columns, told)


def _proposal(row: Row) -> str | None:
    if not row["proposed"]:
        return None
    score = row["proposed_min_score"]
    return "no effect" if score is None else f"from {score:g} on"


def limits(rows: Iterable[Row]) -> Table:
    """Return guard rails."""
    columns = {
        "rule": "rule",
        "value": "value",
        "scope": "scope",
        "for": "scope_id",
        "reason": "reason",
        "by": "updated_by",
        "since": "updated_at",
    }
    return listing("Guard rails", columns, rows)


def erasures(rows: Iterable[Row]) -> Table:
    """Return who asked to be forgotten, and who was."""
    columns = {
        "user": "user_id",
        "asked": "requested_at",
        "forgotten": "erased_at",
        "in the way": "obstacle",
    }
    return listing("Erasures", columns, rows)


def officers(rows: Iterable[Row]) -> Table:
    """Return who signs in as compliance, and who did."""
    columns = {
        "user": "user_id",
        "since": "added_at",
        "revoked": "revoked_at",
        "by": "added_by",
        "reason": "reason",
    }
    return listing("Officers", columns, rows)


def case(answer: Mapping[str, Any]) -> RenderableType:
    """Return a whole case: pot, clusters, flags, entries, history."""
    pot = answer["pot"]
    sold = f"{pot['tickets_sold']} of {pot['max_tickets']}"
    parts: list[RenderableType] = [
        facts(
            {
                "pot": pot["id"],
                "status": _state(pot),
                "paused because": pot["pause_reason"],
                "cancelled because": pot["cancel_cause"],
                "draw": pot["draw_version"],
                "tickets": f"{sold}, {pot['participant_count']} players",
                "credits": f"{pot['credits_committed']} committed, {pot['escrow']} in escrow",
                **{name: value for name, value in pot["timers"].items() if value is not None},
                "winner": pot["winner"],
            }
        )
    ]
    components = answer["clusters"]["components"]
    if components:
        members = _members(answer["clusters"]["nodes"])
        parts.append(
            listing(
                "Accounts linked through addresses and devices",
                {name: name for name in ("component", "accounts", "addresses", "devices")}
                | {"tickets": "tickets", "who": "who"},
                (
                    {**each, "who": members.get(each["component"])}
                    for each in components[:_MOST_COMPONENTS]
                ),
            )
        )
        if len(components) > _MOST_COMPONENTS:
            parts.append(Text(f"{len(components) - _MOST_COMPONENTS} more: --json shows them"))
    if answer["flags"]:
        parts.append(flags(answer["flags"]))
    entries = answer["entries"]
    columns = {
        "entry": "entry_id",
        "account": "account",
        "age (s)": "account_age_seconds",
        "address": "address",
        "device": "device",
        "tickets": "ticket_count",
        "first": "first_ticket",
        "bought": "created_at",
        "cancelled": "cancelled_at",
    }
    parts.append(listing("Entries", columns, entries[:_MOST_ENTRIES]))
    if len(entries) > _MOST_ENTRIES or answer["next"]:
        parts.append(Text("more entries: --json shows up to 1000, --after ENTRY goes on"))
    history = answer["history"]
    parts.append(
        listing(
            "Chain, newest first",
            {"seq": "seq", "action": "action", "reason": "reason", "actor": "actor"}
            | {"at": "created_at"},
            history["chain"],
        )
    )
    if history["events"]:
        columns = {"kind": "kind", "data": "data", "actor": "actor", "at": "created_at"}
        parts.append(listing("Events, newest first", columns, history["events"]))
    if history["alerts"]:
        columns = {"kind": "kind", "times": "occurrences", "detail": "detail"}
        columns |= {"opened": "opened_at", "closed": "closed_at"}
        parts.append(listing("Alerts, newest first", columns, history["alerts"]))
    if answer["truncated"]:
        parts.append(Text(f"cut off: {', '.join(answer['truncated'])}", style="bold yellow"))
    return Group(*parts)


def show(console: Console, what: RenderableType) -> None:
    """Print, without markup: what users and moderators wrote is text."""
    console.print(what, markup=False)


def _members(nodes: Iterable[Row]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for node in nodes:
        if node["kind"] == "account":
            found.setdefault(node["component"], []).append(node["id"].removeprefix("account-"))
    return {
        component: ", ".join(names[:_MOST_ACCOUNTS])
        + (f" and {len(names) - _MOST_ACCOUNTS} more" if len(names) > _MOST_ACCOUNTS else "")
        for component, names in found.items()
    }


def _state(row: Row) -> str:
    return f"{row['status']}, paused" if row["paused"] else str(row["status"])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    return str(value)
