"""A client behind the API's own edge says where it comes from, and is not believed."""

import hashlib
import hmac
import uuid
from typing import Any

import pytest

from tests.support.api import Api

FORGED = {
    "cf-connecting-ip": "203.0.113.7",
    "x-real-ip": "203.0.113.7",
    "x-forwarded-for": "203.0.113.7",
    "forwarded": "for=203.0.113.7",
}


@pytest.fixture
def pot_id(api: Api) -> str:
    """An open pot."""
    made = str(uuid.uuid4())
    pair = {"pot_id": made, "commit_hash": hashlib.sha256(made.encode()).hexdigest()}
    operate(api, "add_commitments", {"commitments": [pair]})
    terms = {"entry_cost": 1, "max_tickets": 100, "max_per_user": 10, "pot_id": made}
    operate(api, "create_pot", terms)
    return made


def operate(api: Api, function: str, body: dict[str, Any]) -> Any:
    """The operator's call, with the service key."""
    answer = api.rpc(function, body, token=api.service_key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def new_player(api: Api, name: str) -> str:
    """The token of a new player with credits."""
    session = api.sign_up(f"{name}@example.com")
    grant = {"user_id": session["user"]["id"], "amount": 100, "reason": "a test"}
    operate(api, "grant_credits", {**grant, "idempotency_key": None})
    return str(session["access_token"])


def kept(api: Api) -> list[tuple[str, str, str, str]]:
    """What entries say of where they come from: address, device, region, correlation id."""
    with api.db.admin() as conn:
        row = conn.execute("select secret from private.peppers").fetchone()
        assert row is not None
        names = {
            hmac.new(row[0], f"pots/{kind}/v1\0{value}".encode(), "sha256").hexdigest(): value
            for kind, value in (
                ("ip", "127.0.0.1"),
                ("ip", "203.0.113.7"),
                ("device", "a-phone"),
            )
        }
        return [
            (names.get(address, "another"), names.get(device, "none"), region, correlation_id)
            for address, device, region, correlation_id in conn.execute(
                "select ip_hash, device_hash, region, correlation_id "
                "from public.pot_entries order by seq"
            )
        ]


def test_an_address_is_the_peers_whatever_the_client_says(api: Api, pot_id: str) -> None:
    token = new_player(api, "ann")
    headers = {**FORGED, "x-device-id": "A-Phone", "x-correlation-id": "page-17"}
    joined = api.rpc("join_pot", {"pot_id": pot_id, "ticket_count": 1}, token=token, **headers)
    assert joined.status_code == 200
    with api.db.admin() as conn:
        conn.execute("update private.settings set trusted_hops = 1 where only_row")
    again = api.rpc("join_pot", {"pot_id": pot_id, "ticket_count": 1}, token=token, **FORGED)
    assert again.status_code == 200

    assert kept(api) == [
        ("127.0.0.1", "a-phone", "XX", "page-17"),
        ("127.0.0.1", "none", "XX", again.headers["x-correlation-id"]),
    ]


def test_a_limit_of_accounts_an_address_is_not_evaded_by_headers(api: Api, pot_id: str) -> None:
    rail = {"scope": "global", "scope_id": None, "rule": "accounts_per_ip", "value": 1}
    operate(api, "set_guard_rail", {**rail, "reason": "a test"})
    body = {"pot_id": pot_id, "ticket_count": 1}
    first = api.rpc("join_pot", body, token=new_player(api, "ann"))
    assert first.status_code == 200

    second = api.rpc("join_pot", body, token=new_player(api, "bob"), **FORGED)

    assert (second.status_code, second.json()["message"]) == (429, "velocity_exceeded")
    assert second.json()["details"] == '{"left": 0, "limit": "accounts_per_ip"}'
    with api.db.admin() as conn:
        told = conn.execute(
            "select correlation_id from private.events where kind = 'join_refused'"
        ).fetchall()
    assert told == [(second.headers["x-correlation-id"],)]


def test_limits_are_set_and_read_over_the_api(api: Api) -> None:
    rail = {"scope": "global", "scope_id": None, "rule": "blocked_regions", "value": ["KP"]}
    operate(api, "set_guard_rail", {**rail, "reason": "a test"})
    (listed,) = operate(api, "list_guard_rails", {})
    assert (listed["rule"], listed["value"]) == ("blocked_regions", ["KP"])
    assert operate(api, "set_guard_rail", {**rail, "value": None, "reason": "x"})["value"] is None
    assert operate(api, "list_guard_rails", {}) == []

    token = new_player(api, "ann")
    mine = api.rpc("set_play_limits", {"day": 5, "week": None, "month": None}, token=token)
    assert mine.json()["limits"]["day"]["left"] == 5
    assert api.get("rpc/my_play_limits", token=token).json() == mine.json()
    assert api.rpc("set_play_limits", {"day": 5}, token=token).status_code == 404
    assert api.rpc("my_play_limits", token=api.anon_key).status_code == 401
