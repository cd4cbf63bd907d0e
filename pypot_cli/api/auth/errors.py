"""GoTrue's errors: `{code, error_code, msg}`, or `{code, message}` since API 2024-01-01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION_HEADER = "x-supabase-api-version"
_NEWER = "2024-01-01"


class AuthError(Exception):
    """An answer that is an error; `more` stands beside its code."""

    def __init__(
        self, status: int, code: str, message: str, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more or {}

    def body(self, version: str | None) -> dict[str, Any]:
        """The JSON for a client that speaks `version` of the API."""
        if speaks_newer(version):
            return {"code": self.code, "message": self.message, **self.more}
        return {
            "code": self.status,
            "error_code": self.code,
            "msg": self.message,
            **self.more,
        }


def speaks_newer(version: str | None) -> bool:
    """Whether the client knows errors whose `code` is a word."""
    return version is not None and version >= _NEWER


def invalid(message: str) -> AuthError:
    """What was sent has a wrong shape."""
    return AuthError(400, "validation_failed", message)


def wrong_credentials() -> AuthError:
    """The same whether the address is unknown or the password wrong."""
    return AuthError(400, "invalid_credentials", "Invalid login credentials")
