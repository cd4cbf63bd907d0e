"""Signing up, in and out, as GoTrue answers it."""

import base64
import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.api.settings import Hook, access_token_hook
from pypot_cli.errors import UnreadableInputError
from tests.support.api import PASSWORD, Api, running
from tests.support.database import Database


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def test_an_access_token_has_gotrues_claims(api: Api) -> None:
    session = api.sign_up("Claims@Example.com")
    claims = claims_of(session["access_token"])
    user = session["user"]
    now = time.time()
    assert claims["sub"] == user["id"] == str(uuid.UUID(user["id"]))
    assert (claims["role"], claims["aud"]) == ("authenticated", "authenticated")
    assert claims["iss"] == f"{api.url}/auth/v1"
    assert claims["email"] == user["email"] == "claims@example.com"
    assert claims["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert claims["is_anonymous"] is False
    assert claims["aal"] == "aal1"
    assert claims["amr"][0]["method"] == "password"
    assert uuid.UUID(claims["session_id"])
    assert abs(claims["iat"] - now) < 60
    assert claims["exp"] - claims["iat"] == session["expires_in"] == 3600
    assert session["token_type"] == "bearer"  # noqa: S105
    assert "encrypted_password" not in json.dumps(session)


def test_the_password_is_kept_as_a_bcrypt_hash(api: Api) -> None:
    api.sign_up("hash@example.com")
    with api.db.admin() as conn:
        row = conn.execute("select encrypted_password from auth.users").fetchone()
    assert row is not None
    assert row[0].startswith("$2b$10$")


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"email": "a@b.c", "password": "12345"}, 422, "weak_password"),
    ({"email": "a@b.c", "password": "x" * 73}, 400, "validation_failed"),
    ({"email": "a@b.c", "password": "a\0bcdef"}, 400, "validation_failed"),
    ({"email": "a@b.c"}, 400, "validation_failed"),
    ({"email": "no address", "password": PASSWORD}, 400, "validation_failed"),
    ({"email": "a@b", "password": PASSWORD}, 400, "validation_failed"),
    ({"email": "a\0@b.c", "password": PASSWORD}, 400, "bad_json"),
    ({"email": 5, "password": PASSWORD}, 400, "bad_json"),
    ({"email": "a@b.c", "password": PASSWORD, "data": []}, 400, "bad_json"),
    ({"phone": "+49123", "password": PASSWORD}, 400, "phone_provider_disabled"),
]


def test_a_sign_up_of_the_wrong_shape_is_refused(api: Api) -> None:
    for form, status, code in REFUSED:
        answer = api.auth("POST", "signup", form)
        body = answer.json()
        assert (answer.status_code, body["code"], body["error_code"]) == (status, status, code), (
            form
        )
    newer = {"X-Supabase-Api-Version": "2024-01-01"}
    answer = api.auth("POST", "signup", {"email": "a@b.c", "password": "short"}, **newer)
    assert answer.json()["code"] == "weak_password"
    assert answer.json()["weak_password"] == {"reasons": ["length"]}
    assert api.http.post("/auth/v1/signup", content=b"{bad").json()["error_code"] == "bad_json"


def test_an_address_is_taken_once_in_any_case(api: Api) -> None:
    api.sign_up("taken@example.com")
    answer = api.auth("POST", "signup", {"email": "TAKEN@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "user_already_exists")


def test_an_unknown_address_and_a_wrong_password_look_the_same(api: Api) -> None:
    api.sign_up("known@example.com")
    path = "token?grant_type=password"
    wrong = api.auth("POST", path, {"email": "known@example.com", "password": "wrong horse"})
    unknown = api.auth("POST", path, {"email": "unknown@example.com", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    other = api.auth("POST", "token?grant_type=magic", {})
    assert other.json()["msg"] == "unsupported_grant_type"


def test_what_a_user_says_of_themselves_gives_no_role(api: Api) -> None:
    data = {"role": "service_role", "provider": "x", "sub": "x", "nick": "n"}
    form = {"email": "liar@example.com", "password": PASSWORD, "data": data, "role": "admin"}
    session = api.auth("POST", "signup", form).json()
    claims = claims_of(session["access_token"])
    assert claims["role"] == "authenticated"
    assert claims["sub"] == session["user"]["id"] == claims["user_metadata"]["sub"]
    assert claims["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert claims["user_metadata"]["nick"] == "n"
    raised = api.auth(
        "PUT", "user", {"app_metadata": {"admin": True}}, token=session["access_token"]
    )
    assert (raised.status_code, raised.json()["error_code"]) == (403, "not_admin")


def renew(api: Api, token: str) -> Any:
    """The answer to a refresh token."""
    return api.auth("POST", "token?grant_type=refresh_token", {"refresh_token": token})


def test_a_refresh_token_is_good_once(db: Database) -> None:
    with running(db, refresh_reuse_seconds=0) as api:
        first = api.sign_up("refresh@example.com")
        second = renew(api, first["refresh_token"]).json()
        assert second["refresh_token"] != first["refresh_token"]
        before, after = (claims_of(each["access_token"]) for each in (first, second))
        assert before["session_id"] == after["session_id"]
        # The reply may have been lost: its successor is unused, and given again.
        assert renew(api, first["refresh_token"]).json()["refresh_token"] == second["refresh_token"]
        third = renew(api, second["refresh_token"]).json()
        stolen = renew(api, first["refresh_token"])
        assert (stolen.status_code, stolen.json()["error_code"]) == (
            400,
            "refresh_token_already_used",
        )
        # Whoever has it, the session is over for all.
        ended = renew(api, third["refresh_token"])
        assert ended.json()["error_code"] == "refresh_token_not_found"
        user = api.auth("GET", "user", token=third["access_token"])
        assert (user.status_code, user.json()["error_code"]) == (403, "session_not_found")


def test_two_tabs_may_refresh_at_once(api: Api) -> None:
    first = api.sign_up("tabs@example.com")
    second = renew(api, first["refresh_token"]).json()
    third = renew(api, second["refresh_token"]).json()
    late = renew(api, first["refresh_token"])
    assert late.status_code == 200
    assert late.json()["refresh_token"] not in (first["refresh_token"], third["refresh_token"])


@pytest.mark.parametrize("token", ["", "nonsense", "a\0b", "x" * 5000])
def test_an_unknown_refresh_token_is_refused(api: Api, token: str) -> None:
    answer = renew(api, token)
    assert answer.status_code == 400
    assert answer.json()["error_code"] in ("refresh_token_not_found", "validation_failed")


def sign_in(api: Api, email: str, password: str = PASSWORD) -> Any:
    """The answer to a sign-in."""
    form = {"email": email, "password": password}
    return api.auth("POST", "token?grant_type=password", form)


def test_signing_out_ends_the_sessions_it_names(api: Api) -> None:
    tokens = [api.sign_up("out@example.com")["access_token"]]
    tokens += [sign_in(api, "out@example.com").json()["access_token"] for _ in range(3)]

    def alive() -> list[bool]:
        return [api.auth("GET", "user", token=each).status_code == 200 for each in tokens]

    assert api.auth("POST", "logout?scope=local", token=tokens[0]).status_code == 204
    assert alive() == [False, True, True, True]
    assert api.auth("POST", "logout?scope=others", token=tokens[1]).status_code == 204
    assert alive() == [False, True, False, False]
    assert api.auth("POST", "logout?scope=nobody", token=tokens[1]).status_code == 400
    assert api.auth("POST", "logout", token=tokens[1]).status_code == 204
    assert alive() == [False] * 4
    assert api.auth("POST", "logout").json()["error_code"] == "no_authorization"


def test_a_new_password_ends_the_other_sessions(api: Api) -> None:
    mine = api.sign_up("change@example.com")["access_token"]
    other = sign_in(api, "change@example.com").json()["access_token"]
    same = api.auth("PUT", "user", {"password": PASSWORD}, token=mine)
    assert (same.status_code, same.json()["error_code"]) == (422, "same_password")
    assert api.auth("PUT", "user", {"password": "new horse"}, token=mine).status_code == 200
    assert api.auth("GET", "user", token=other).status_code == 403
    assert api.auth("GET", "user", token=mine).status_code == 200
    assert sign_in(api, "change@example.com").status_code == 400
    assert sign_in(api, "change@example.com", "new horse").status_code == 200


def test_a_user_changes_address_and_data(api: Api) -> None:
    api.sign_up("other@example.com")
    token = api.sign_up("mine@example.com")["access_token"]
    taken = api.auth("PUT", "user", {"email": "Other@example.com"}, token=token)
    assert (taken.status_code, taken.json()["error_code"]) == (422, "email_exists")
    form = {"email": "new@example.com", "data": {"nick": "n", "gone": None}}
    user = api.auth("PUT", "user", form, token=token).json()
    assert user["email"] == "new@example.com"
    assert user["user_metadata"]["nick"] == "n"
    assert "gone" not in user["user_metadata"]
    assert sign_in(api, "new@example.com").status_code == 200


def test_an_anonymous_user_becomes_a_user(api: Api) -> None:
    session = api.auth("POST", "signup", {"data": {"nick": "n"}}).json()
    claims = claims_of(session["access_token"])
    assert claims["is_anonymous"] is True
    assert claims["amr"][0]["method"] == "anonymous"
    token = session["access_token"]
    bare = api.auth("PUT", "user", {"password": "new horse"}, token=token)
    assert bare.json()["error_code"] == "validation_failed"
    form = {"email": "grown@example.com", "password": "new horse"}
    user = api.auth("PUT", "user", form, token=token).json()
    assert user["is_anonymous"] is False
    renewed = renew(api, session["refresh_token"]).json()
    assert claims_of(renewed["access_token"])["is_anonymous"] is False
    assert sign_in(api, "grown@example.com", "new horse").status_code == 200


def test_health_and_settings_say_what_there_is(api: Api) -> None:
    assert api.auth("GET", "health").json()["name"] == "GoTrue"
    assert api.auth("GET", "settings").json()["external"]["anonymous_users"] is True


# ---------------------------------------------------------------- the custom access token hook


def set_officer(db: Database, user_id: str, officer: bool) -> None:
    """Names or revokes somebody, as the operator does."""
    arguments = {"user_id": user_id, "officer": officer, "reason": "the roster of this week"}
    db.rpc("set_officer", arguments, role="service_role")


def test_the_hook_gives_officers_their_role_at_sign_in_and_at_each_refresh(api: Api) -> None:
    session = api.sign_up("officer@example.com")
    user_id = session["user"]["id"]
    assert claims_of(session["access_token"])["role"] == "authenticated"
    set_officer(api.db, user_id, True)
    session = renew(api, session["refresh_token"]).json()
    token = session["access_token"]
    claims = claims_of(token)
    assert (claims["role"], claims["aud"], claims["sub"]) == (
        "pot_compliance", "authenticated", user_id,
    )  # fmt: skip
    assert claims_of(sign_in(api, "officer@example.com").json()["access_token"])["role"] == (
        "pot_compliance"
    )
    other = api.sign_up("player@example.com")["access_token"]
    assert claims_of(other)["role"] == "authenticated"

    # What each of them may, and where GoTrue knows them.
    assert api.rpc("list_cases", {}, token=token).json() == []
    assert api.rpc("list_cases", {}, token=other).status_code == 403
    assert api.auth("GET", "user", token=token).json()["role"] == "authenticated"

    set_officer(api.db, user_id, False)
    refused = api.rpc("list_cases", {}, token=token)
    assert (refused.status_code, refused.json()["message"]) == (403, "not_allowed")
    assert refused.json()["details"] == '{"reason": "revoked"}'
    session = renew(api, session["refresh_token"]).json()
    assert claims_of(session["access_token"])["role"] == "authenticated"


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("raise 'broken'", 500, "Error running hook URI: pg-functions://postgres/public/hook"),
        ("perform pg_sleep(9)", 500, "Error running hook URI: pg-functions://postgres/public/hook"),
        ("return null", 500, "output claims field is missing"),
        ("return '[]'", 500, "output claims field is missing"),
        ("return '{}'", 500, "output claims field is missing"),
        (
            "return event #- '{claims,sub}'",
            500,
            "output claims do not conform to the expected schema: \n- (root): sub is required",
        ),
        (
            """return '{"error": {"http_code": 403, "message": "not on Sundays"}}'""",
            403,
            "not on Sundays",
        ),
        ("return event", 200, ""),
    ],
)
def test_a_hook_that_fails_or_refuses_signs_nobody_in(
    db: Database, body: str, status: int, message: str
) -> None:
    with db.connect() as conn:
        conn.execute(
            "create function public.hook(event jsonb) returns jsonb language plpgsql as"
            f" $$ begin {body}; end $$"
        )
    with running(db, access_token_hook=Hook("public", "hook")) as api:
        form = {"email": "hooked@example.com", "password": PASSWORD}
        answer = api.auth("POST", "signup", form)
        assert answer.status_code == status
        if status != 200:
            assert answer.json()["msg"] == message
            # The whole sign-up is taken back with it.
            assert sign_in(api, "hooked@example.com").status_code == 400


def test_without_the_hooks_function_tokens_are_as_they_were(db: Database) -> None:
    with running(db, access_token_hook=Hook("elsewhere", "hook")) as api:
        token = api.sign_up("plain@example.com")["access_token"]
        assert claims_of(token)["role"] == "authenticated"


def test_the_hook_is_the_one_of_the_projects_settings(tmp_path: Path) -> None:
    assert access_token_hook() == Hook("private", "custom_access_token")
    file = tmp_path / "config.toml"
    file.write_text("[auth]\nenabled = true\n")
    assert access_token_hook(file) is None
    section = "[auth.hook.custom_access_token]\n"
    file.write_text(section + 'enabled = false\nuri = "pg-functions://postgres/public/f"\n')
    assert access_token_hook(file) is None
    for uri in ("https://example.com/hook", "pg-functions://postgres/f", 'pg-functions://x/y/z"'):
        file.write_text(f"{section}enabled = true\nuri = {json.dumps(uri)}\n")
        with pytest.raises(UnreadableInputError, match="pg-functions"):
            access_token_hook(file)
