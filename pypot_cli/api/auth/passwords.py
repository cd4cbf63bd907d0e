"""Passwords: bcrypt hashes, as GoTrue keeps them; hashing runs beside the event loop."""

from __future__ import annotations

import asyncio

import bcrypt

from pypot_cli.api.auth.errors import AuthError, invalid

_LONGEST = 72  # bytes that bcrypt reads
_COST = 10  # GoTrue's

# Whoever is not there takes as long to refuse as a wrong password.
# The hash is written out: to compute one here would keep every start waiting.
_NOBODY = f"$2b${_COST}$R6LainKY2xZqgJh2n/c.Quc26xD5a7PwetlBNcpatpbhVQgmfnypi"


def check_strength(password: str, shortest: int) -> None:
    """Raises weak_password or validation_failed."""
    if len(password.encode()) > _LONGEST:
        raise invalid(f"Password cannot be longer than {_LONGEST} characters")
    if "\0" in password:
        raise invalid("Password cannot contain U+0000")
    if len(password) < shortest:
        raise AuthError(
            422,
            "weak_password",
            f"Password should be at least {shortest} characters.",
            {"weak_password": {"reasons": ["length"]}},
        )


async def hashed(password: str) -> str:
    """The hash to keep."""
    digest = await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(_COST))
    return digest.decode()


async def matches(password: str, digest: str | None) -> bool:
    """Whether it is the password; takes its time also when there is no hash to compare."""
    try:
        same = await asyncio.to_thread(
            bcrypt.checkpw, password.encode()[:_LONGEST], (digest or _NOBODY).encode()
        )
    except ValueError:
        # A hash of another kind, or a password that no hash can be of.
        return False
    return same and digest is not None and len(password.encode()) <= _LONGEST
