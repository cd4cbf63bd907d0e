"""Supabase's own clients work against the local API: supabase-js in Node, supabase-py here."""

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from postgrest import CountMethod
from postgrest.exceptions import APIError
from supabase_auth.errors import AuthApiError

from supabase import Client, ClientOptions, create_client
from tests.support.api import PASSWORD, Api
from tests.support.game import Game


def test_supabase_js_signs_up_joins_and_reads_refusals(
    api: Api, game: Game, supabase_js: Path
) -> None:
    pot_id = game.pot(entry_cost=10, max_tickets=100, max_per_user=5)
    node = subprocess.Popen(
        ["node", Path(__file__).with_name("players.mjs"), api.url, api.anon_key, pot_id],
        env={**os.environ, "NODE_MODULES": str(supabase_js), "DO_NOT_TRACK": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert node.stdin is not None
    assert node.stdout is not None
    sub = json.loads(node.stdout.readline())["sub"]
    game.fund(uuid.UUID(sub), 100)
    node.stdin.write("go\n")
    node.stdin.flush()
    said, _ = node.communicate(timeout=60)
    assert node.returncode == 0
    seen = json.loads(said)

    assert seen["signedUp"] is None
    assert seen["signedIn"] is None
    assert seen["signedUpAgain"]["code"] == "user_already_exists"
    assert (seen["wrongPassword"]["status"], seen["wrongPassword"]["code"]) == (
        400,
        "invalid_credentials",
    )
    assert seen["sameUser"]
    assert seen["claimedRole"] == "authenticated"
    assert seen["renewed"]
    assert (seen["asAnon"]["status"], seen["asAnon"]["code"]) == (401, "42501")
    assert seen["unpaid"] == {
        "status": 402,
        "code": "PT402",
        "message": "insufficient_credits",
    }
    assert seen["joined"]["balance"] == 80
    assert seen["joined"]["tickets_sold"] == 2
    assert seen["over"] == {"status": 409, "code": "PT409", "message": "ticket_cap_exceeded"}
    assert (seen["malformed"]["status"], seen["malformed"]["code"]) == (400, "22P02")
    assert seen["listed"] == [pot_id]
    assert seen["one"] == {"id": pot_id, "tickets_sold": 2}
    assert seen["counted"] == 1
    assert seen["table"] == {"id": pot_id, "status": "open"}
    assert seen["got"] == pot_id
    assert seen["entries"] == [{"pot_id": pot_id, "ticket_count": 2}]
    assert (seen["written"]["status"], seen["written"]["code"]) == (403, "42501")
    assert (seen["wrongRole"]["status"], seen["wrongRole"]["code"]) == (403, "42501")
    assert (seen["unknown"]["status"], seen["unknown"]["code"]) == (404, "PGRST202")
    assert seen["anonymous"] is True
    assert seen["anonymousJoin"]["status"] in (401, 403)
    assert seen["anonymousJoin"]["code"] in ("PT401", "PT403")
    assert seen["signedOut"] is None
    assert seen["afterwards"] is None


@pytest.fixture
def client(api: Api) -> Iterator[Callable[[str], Client]]:
    """Makes clients by their key, which renew nothing behind the test's back."""
    with httpx.Client() as http:
        options = ClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
        yield lambda key: create_client(api.url, key, options)


@pytest.mark.parametrize("kind", ["legacy", "publishable"])
def test_supabase_py_signs_up_joins_and_reads_refusals(
    api: Api, game: Game, client: Callable[[str], Client], kind: str
) -> None:
    player = client(api.anon_key if kind == "legacy" else api.settings.publishable_key)
    pot_id = game.pot(entry_cost=10, max_per_user=5)
    session = player.auth.sign_up({"email": "One@Example.com", "password": PASSWORD})
    assert session.user is not None
    assert session.user.email == "one@example.com"
    again = player.auth.sign_in_with_password({"email": "one@example.com", "password": PASSWORD})
    assert again.user is not None
    assert again.user.id == session.user.id

    with pytest.raises(APIError) as refused:
        player.rpc("join_pot", {"pot_id": pot_id, "ticket_count": 1}).execute()
    assert (refused.value.code, refused.value.message) == ("PT402", "insufficient_credits")

    game.fund(uuid.UUID(session.user.id), 50)
    player.rpc("join_pot", {"pot_id": pot_id, "ticket_count": 3}).execute()
    listed = player.rpc("list_pots", {"page_size": 5}).execute()
    assert isinstance(listed.data, list)
    (row,) = listed.data
    assert isinstance(row, dict)
    assert (row["id"], row["tickets_sold"]) == (pot_id, 3)
    counted = player.table("pots").select("id", count=CountMethod.exact).limit(1).execute()
    assert counted.count == 1

    with pytest.raises(AuthApiError) as wrong:
        client(api.anon_key).auth.sign_in_with_password(
            {"email": "one@example.com", "password": "wrong!"}
        )
    assert wrong.value.code == "invalid_credentials"


@pytest.mark.parametrize("kind", ["legacy", "secret"])
def test_supabase_py_with_a_servers_key_is_service_role(
    api: Api, client: Callable[[str], Client], kind: str
) -> None:
    server = client(api.service_key if kind == "legacy" else api.settings.secret_key)
    answer = server.rpc("register_signing_key", {"purpose": "beacon", "public_key": "00"})
    with pytest.raises(APIError) as refused:
        answer.execute()
    # The function itself answers: that is no key.
    assert refused.value.code == "PT422"
