"""The header `Prefer` (RFC 7240), as PostgREST understands it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pypot_cli.api.rest.errors import RestError

_CHOICES = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "missing": ("default", "null"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    # `tx` is known and never honoured: a request commits.
    "tx": ("commit", "rollback"),
    "handling": ("strict", "lenient"),
}


@dataclass(frozen=True)
class Preferences:
    """What the client would like; None where it does not say. The first of a kind counts."""

    resolution: str | None = None
    missing: str | None = None
    returns: str | None = None
    count: str | None = None
    handling: str | None = None
    timezone: str | None = None
    max_affected: int | None = None
    unknown: tuple[str, ...] = ()

    @classmethod
    def parse(cls, headers: Iterable[str]) -> Self:
        """Reads every `Prefer` header of a request."""
        chosen: dict[str, str] = {}
        unknown = []
        for wish in (part.strip() for header in headers for part in header.split(",")):
            name, _, value = wish.partition("=")
            if value in _CHOICES.get(name, ()) or (name == "timezone" and value):
                chosen.setdefault(name, value)
            elif name == "max-affected":
                # What is longer is more than there are rows, and none that int() would read.
                if re.fullmatch(r"[0-9]{1,18}", value):
                    chosen.setdefault(name, value)
            else:
                unknown.append(wish)
        limit = chosen.get("max-affected")
        return cls(
            chosen.get("resolution"),
            chosen.get("missing"),
            chosen.get("return"),
            chosen.get("count"),
            chosen.get("handling"),
            chosen.get("timezone"),
            int(limit) if limit is not None else None,
            tuple(unknown),
        )

    @property
    def is_strict(self) -> bool:
        """Whether an unknown preference is an error."""
        return self.handling == "strict"

    def check(self) -> None:
        """Raises PGRST122 when a strict client wishes for what is unknown."""
        if self.is_strict and self.unknown:
            raise RestError(
                400,
                "PGRST122",
                "Invalid preferences given with handling=strict",
                f"Invalid preferences: {', '.join(self.unknown)}",
            )

    def applied(self, *kinds: str) -> dict[str, str]:
        """`Preference-Applied`, of the kinds that the answer depended on."""
        said = (
            ("resolution", self.resolution),
            ("missing", self.missing),
            ("return", self.returns),
            ("count", self.count),
            ("handling", self.handling),
            ("timezone", self.timezone),
            ("max-affected", self.max_affected if self.is_strict else None),
        )
        always = ("count", "handling", "timezone")
        listed = [
            f"{name}={value}"
            for name, value in said
            if value is not None and (name in always or name in kinds)
        ]
        return {"Preference-Applied": ", ".join(listed)} if listed else {}
