"""The desk: calls as role pot_compliance by a person, whose `sub` is who is audited."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from pypot_cli import correlation, rpc, transport
from pypot_cli.errors import PypotError, UnreadableInputError

PERSON_VARIABLE = "PYPOT_COMPLIANCE_SUB"
"""Whom the commands act for when no option says so."""


@dataclass(frozen=True)
class Desk:
    """Calls of one person of compliance, by the database or by the API."""

    calls: rpc.Calls
    caller: rpc.Caller

    def call(self, function: str, /, **arguments: Any) -> Any:
        """Return what `public.<function>` answers. Raises PypotError with all a refusal says."""
        with _told():
            return self.calls.call(self.caller, function, **_as_json(arguments))

    def rows(self, function: str, /, **arguments: Any) -> list[Any]:
        """Return the rows of a list that has one page. Raises as `call`."""
        with _told():
            return self.calls.rows(self.caller, function, **_as_json(arguments))

    def all_rows(
        self, function: str, /, *, key: str, page_size: int, most: int | None, **arguments: Any
    ) -> Iterator[Any]:
        """Yield the rows of every page of a list, `most` of them at most. Raises as `call`.

        `key` is the field that the argument `after` takes.
        """
        with _told():
            rows = self.calls.pages(
                self.caller,
                function,
                after=("after", key),
                page_size=page_size,
                **_as_json(arguments),
            )
            for number, row in enumerate(rows):
                if number == most:
                    return
                yield row


@contextlib.contextmanager
def opened(db_url: str | None, person: UUID | None) -> Iterator[Desk]:
    """Open the desk for `person`, else for whom PYPOT_COMPLIANCE_SUB names.

    The database is `db_url`, else PYPOT_DB_URL; with neither, SUPABASE_URL is the API to call. All
    calls of the block have one correlation id. Raises UnreadableInputError when nobody is named.
    """
    with _opened(db_url, rpc.Caller("pot_compliance", person_or_variable(person))) as desk:
        yield desk


@contextlib.contextmanager
def opened_by_the_operator(db_url: str | None) -> Iterator[Desk]:
    """Open it with the service key, which names officers. The database as for `opened`."""
    with _opened(db_url, rpc.Caller("service_role")) as desk:
        yield desk


@contextlib.contextmanager
def _opened(db_url: str | None, caller: rpc.Caller) -> Iterator[Desk]:
    calls, _ = transport.choose(db_url)
    with calls, correlation.correlated():
        yield Desk(calls, caller)


def person_or_variable(person: UUID | None) -> UUID:
    """Return `person`, else whom PYPOT_COMPLIANCE_SUB names. Raises UnreadableInputError."""
    return person or _person()


def _person() -> UUID:
    text = os.environ.get(PERSON_VARIABLE, "")
    if not text:
        raise UnreadableInputError(
            f"say who you are: --as UUID, or set {PERSON_VARIABLE}; it is what the audit keeps"
        )
    try:
        return UUID(text)
    except ValueError:
        raise UnreadableInputError(f"{PERSON_VARIABLE} is not a UUID") from None


def _as_json(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()
    }


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what a call may raise into one line that says why and what to do."""
    try:
        yield
    except rpc.RpcError as error:
        about = f" {json.dumps(error.details)}" if error.details else ""
        raise PypotError(f"{error}{about}") from None
    except psycopg.errors.InsufficientPrivilege:
        raise PypotError(
            "this login may not act so: use a URL of role postgres or authenticator"
        ) from None
    except psycopg.Error as error:
        raise PypotError(rpc.describe(error)) from None
