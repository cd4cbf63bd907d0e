"""Tokens that prove nothing open nothing: neither functions nor the user's own account."""

import base64
import dataclasses
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.api import Api, hs256
from tests.support.game import Game

SUB = str(uuid.uuid4())
CLAIMS = {"sub": SUB, "role": "authenticated", "aud": "authenticated", "exp": 600}


def raw(header: dict[str, Any], claims: Any, key: bytes) -> str:
    """A token whose signature is HMAC-SHA-256, whatever its header says."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
        for each in (header, claims)
    ]
    signature = hmac.digest(key, b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def public_pem(api: Api) -> bytes:
    """What everybody can know of the signing key."""
    return api.settings.signing_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def with_changed_role(api: Api) -> str:
    """A valid token with its claims replaced."""
    head, _, signature = hs256(CLAIMS).split(".")
    claims = base64.urlsafe_b64encode(json.dumps({"role": "service_role"}).encode())
    return f"{head}.{claims.rstrip(b'=').decode()}.{signature}"


def of_another_key(kid: str | None) -> str:
    """ES256 by a key that is not the API's."""
    headers = {"kid": kid} if kid else {}
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode({**CLAIMS, "exp": 2**31}, key, algorithm="ES256", headers=headers)


FORGED: dict[str, tuple[Callable[[Api], str], str]] = {
    "expired": (lambda api: hs256({**CLAIMS, "exp": -31}), "PGRST303"),
    "not yet": (lambda api: raw_valid({"nbf": 2**33}), "PGRST303"),
    "issued later": (lambda api: raw_valid({"iat": 2**33}), "PGRST303"),
    "exp as text": (lambda api: raw_valid({"exp": "2999999999"}), "PGRST303"),
    "exp as true": (lambda api: raw_valid({"exp": True}), "PGRST303"),
    "other audience": (lambda api: hs256({**CLAIMS, "aud": "other"}), "PGRST303"),
    "no object": (lambda api: raw({"alg": "HS256"}, [], secret(api)), "PGRST303"),
    "other secret": (lambda api: hs256(CLAIMS, "x" * 40), "PGRST301"),
    "alg none": (lambda api: jwt.encode(CLAIMS, "", algorithm="none"), "PGRST301"),
    "alg None": (lambda api: raw({"alg": "None"}, CLAIMS, b""), "PGRST301"),
    "role changed": (with_changed_role, "PGRST301"),
    "public key as secret": (
        lambda api: raw({"alg": "HS256", "typ": "JWT"}, CLAIMS, public_pem(api)),
        "PGRST301",
    ),
    "HS256 under the kid": (lambda api: hs256(CLAIMS, kid="k1"), "PGRST301"),
    "other EC key": (lambda api: of_another_key(None), "PGRST301"),
    "other EC key, our kid": (lambda api: of_another_key("k1"), "PGRST301"),
    "unknown kid": (lambda api: of_another_key("k2"), "PGRST301"),
    "HS384": (
        lambda api: jwt.encode(CLAIMS, api.settings.jwt_secret * 2, algorithm="HS384"),
        "PGRST301",
    ),
    "two parts": (lambda api: "a.b", "PGRST301"),
    "no base64": (lambda api: "!.!.!", "PGRST301"),
}


def secret(api: Api) -> bytes:
    """The shared secret."""
    return api.settings.jwt_secret.encode()


def raw_valid(claims: dict[str, Any]) -> str:
    """A well-signed token with these claims as they stand."""
    return hs256({**{k: v for k, v in CLAIMS.items() if k != "exp"}, **claims})


def test_no_forged_token_is_anybody(api: Api) -> None:
    good = api.rpc("my_wallet", token=hs256(CLAIMS))
    assert good.status_code in (200, 401, 403)
    assert not good.json().get("code", "").startswith("PGRST")
    for name, (make, code) in FORGED.items():
        token = make(api)
        answer = api.rpc("list_pots", token=token)
        assert answer.status_code == 401, name
        assert answer.json()["code"] == code, name
        assert answer.headers["www-authenticate"].startswith("Bearer"), name
        user = api.auth("GET", "user", token=token)
        assert (user.status_code, user.json()["error_code"]) == (403, "bad_jwt"), name


def test_thirty_seconds_of_skew_are_forgiven(api: Api) -> None:
    assert api.rpc("list_pots", token=hs256({**CLAIMS, "exp": -20})).status_code == 200


def test_a_role_that_authenticator_may_not_become_is_refused(api: Api) -> None:
    for role in ("postgres", "supabase_admin", "pg_read_all_data"):
        answer = api.rpc("list_pots", token=hs256({**CLAIMS, "role": role}))
        assert (answer.status_code, answer.json()["code"]) == (403, "42501")
    answer = api.rpc("list_pots", token=hs256({**CLAIMS, "role": "nobody"}))
    assert (answer.status_code, answer.json()["code"]) == (401, "22023")


def test_a_wrong_api_key_is_refused_and_a_publishable_one_is_anon(api: Api) -> None:
    for key in ("sb_secret_wrong", "nonsense", hs256({"role": "service_role"}, "x" * 40)):
        assert api.get("pots?select=id", apikey=key).status_code == 401
        assert api.get("pots?select=id", token="sb_secret_wrong").status_code == 401  # noqa: S106
    assert api.get("pots?select=id", apikey="sb_publishable_any").status_code == 200
    assert api.get("pots?select=id", apikey=api.settings.publishable_key).status_code == 200
    form = {"purpose": "beacon", "public_key": "00"}
    as_server = api.rpc("register_signing_key", form, apikey=api.settings.secret_key)
    assert as_server.json()["code"] == "PT422"
    as_anon = api.rpc("register_signing_key", form, apikey=api.settings.publishable_key)
    assert as_anon.status_code == 401


def test_another_secret_has_other_keys(api: Api) -> None:
    other = dataclasses.replace(api.settings, jwt_secret="y" * 40)
    assert other.secret_key != api.settings.secret_key
    assert other.publishable_key != api.settings.publishable_key


def test_the_key_set_shows_the_public_key_alone(api: Api) -> None:
    (key,) = api.auth("GET", ".well-known/jwks.json").json()["keys"]
    assert (key["kty"], key["alg"], key["kid"], key["use"]) == ("EC", "ES256", "k1", "sig")
    assert "d" not in key
    assert "k" not in key
    token = api.sign_up("keys@example.com")["access_token"]
    read = jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience="authenticated")
    assert read["role"] == "authenticated"


def test_a_token_acts_for_its_own_user_only(api: Api, game: Game) -> None:
    pot_id = game.pot()
    one, two = (api.sign_up(f"{name}@example.com") for name in ("one", "two"))
    game.fund(uuid.UUID(one["user"]["id"]), 100)
    arguments = {"pot_id": pot_id, "ticket_count": 1}
    entry = api.rpc("join_pot", arguments, token=one["access_token"]).json()["entry_id"]
    for function in ("my_receipt", "cancel_entry"):
        stolen = api.rpc(function, {"entry_id": entry}, token=two["access_token"])
        assert (stolen.status_code, stolen.json()["message"]) == (404, "entry_not_found")
    assert api.get("pot_entries?select=pot_id", token=two["access_token"]).json() == []
    assert len(api.get("pot_entries?select=pot_id", token=one["access_token"]).json()) == 1


def test_a_banned_or_deleted_user_with_a_live_token_is_refused(api: Api, game: Game) -> None:
    pot_id = game.pot()
    session = api.sign_up("banned@example.com")
    token, user_id = session["access_token"], session["user"]["id"]
    game.fund(uuid.UUID(user_id), 100)

    def refusals() -> list[tuple[int, str]]:
        credentials = {"email": "banned@example.com", "password": "correct horse"}
        renewal = {"refresh_token": session["refresh_token"]}
        join = api.rpc("join_pot", {"pot_id": pot_id, "ticket_count": 1}, token=token)
        return [
            (join.status_code, join.json()["message"]),
            *(
                (answer.status_code, answer.json()["error_code"])
                for answer in (
                    api.auth("GET", "user", token=token),
                    api.auth("POST", "token?grant_type=password", credentials),
                    api.auth("POST", "token?grant_type=refresh_token", renewal),
                )
            ),
        ]

    with api.db.admin() as conn:
        conn.execute(
            "update auth.users set banned_until = now() + interval '1 day' where id = %s",
            (user_id,),
        )
    assert refusals() == [
        (403, "account_blocked"),
        (403, "user_banned"),
        (400, "user_banned"),
        (400, "user_banned"),
    ]
    with api.db.admin() as conn:
        conn.execute(
            "update auth.users set banned_until = null, deleted_at = now() where id = %s",
            (user_id,),
        )
    assert refusals()[1:] == [
        (403, "user_not_found"),
        (400, "invalid_credentials"),
        (400, "session_not_found"),
    ]
    assert refusals()[0][0] in (401, 403)
