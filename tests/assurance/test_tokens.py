"""The harness of tokens: it finds nothing, and an API that takes too much is found out."""

import asyncio
import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.api.tokens import Authority
from tests.assurance.tokens import PROBE, Forger, public_pem, tried, try_everything
from tests.support.api import running
from tests.support.database import Database


def test_nothing_but_its_own_role_is_opened(db: Database, tmp_path: Path) -> None:
    count, problems = try_everything(db, tmp_path, seeds=[1])
    assert problems == []
    assert count > 200


def takes_none(authority: Authority, token: str) -> bytes | None:
    """Believes a header that says there is no signature."""
    head, payload, _ = token.split(".")
    claims = base64.urlsafe_b64decode(payload + "==")
    return (
        claims if json.loads(base64.urlsafe_b64decode(head + "==")).get("alg") == "none" else None
    )


def takes_everything(authority: Authority, token: str) -> bytes | None:
    """Looks at no signature at all."""
    return base64.urlsafe_b64decode(token.split(".")[1] + "==")


def test_an_api_that_takes_it_is_found_out(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.admin() as admin:
        admin.execute(PROBE)
    right: Any = Authority._verified_payload
    with running(db) as api:
        pem = public_pem(api.authority.jwks())
        cases = list(Forger(api.settings.jwt_secret, pem, random.Random(1)).forged())
        port = int(api.url.rpartition(":")[2])
        for wrong, what in (
            (takes_none, "alg 'none': HTTP 200, and not 401"),
            (takes_everything, "ES256 with another secret: HTTP 200, and not 401"),
        ):
            monkeypatch.setattr(
                Authority,
                "_verified_payload",
                lambda self, token, wrong=wrong: wrong(self, token) or right(self, token),
            )
            some = [case for case in cases if case.what == what.partition(":")[0]]
            assert what in asyncio.run(tried(some, port))
