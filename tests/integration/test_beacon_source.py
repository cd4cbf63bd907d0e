"""Rounds over real HTTP: from whoever has them, and from nobody who lies."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pypot_cli import keys
from pypot_cli.beacon import source as sources
from pypot_cli.beacon.local import BeaconServer, LocalBeacon
from pypot_cli.beacon.rounds import RoundsInBackground, RoundsNow
from pypot_cli.beacon.source import BeaconUnavailableError, Source
from pypot_cli.cli import app
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.beacon import QUICKNET, chain_from_info, verify_round
from pypot_cli.keys import Secret, new_secret
from pypot_cli.service import Log
from tests.support.beacon import Liar, lying, serving, stalling
from tests.support.clocks import Shifted

RECORDED = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "drand_quicknet.json").read_text()
)
REAL = RECORDED["rounds"][1]
NUMBER, SIGNATURE = REAL["round"], REAL["signature"]


# What the client of HTTP refuses, or Python itself.
NO_ADDRESSES = [
    "https://[c.example",
    "https://c.example:port",
    "https://c.example:99999",
    "https://c.example:0",
]


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as made:
        yield made


def fetch(*endpoints: str, number: int = NUMBER, give_up: float = 0) -> bytes:
    source = Source(endpoints, Log("test"))
    return source.fetch(QUICKNET, number, give_up=give_up, stop=threading.Event())


def answers(**members: Any) -> Callable[[str], bytes]:
    """What drand's relays answer for the recorded round, with changes."""
    return lambda _: json.dumps({**REAL, **members}).encode()


# ---------------------------------------------------------------------- source


def test_a_recorded_round_is_taken_from_whoever_has_it(liar: Liar) -> None:
    liar.body = answers()
    assert fetch(liar.url).hex() == SIGNATURE
    assert liar.asked == [f"/{QUICKNET.hash.hex()}/public/{NUMBER}"]


OTHER = RECORDED["rounds"][2]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answers(signature=OTHER["signature"]), "LIES"),
        (answers(round=OTHER["round"], signature=OTHER["signature"]), "another round"),
        (answers(round=float(NUMBER)), "another round"),
        (answers(round=str(NUMBER)), "another round"),
        (answers(round=True), "another round"),
        (answers(round=None), "another round"),
        (answers(signature=SIGNATURE.upper()), "no signature"),
        (answers(signature=SIGNATURE[:-2]), "no signature"),
        (answers(signature=None), "no signature"),
        (answers(signature="c0" + "00" * 47), "LIES"),
        (lambda _: b"[]", "not a JSON object"),
        (lambda _: b"", "no beacon"),
        (lambda _: b"<html>", "no beacon"),
        (lambda _: b"\xff", "no beacon"),
        (lambda _: b'{"round":1,"round":1}', "twice"),
        (lambda _: b'{"round":' + b"1" * 100_000, "longer than"),
        (lambda _: b" " * 10_000_000, "longer than"),
    ],
    ids=range(17),
)
def test_what_does_not_verify_is_not_taken(
    liar: Liar, answer: Callable[[str], bytes], why: str
) -> None:
    liar.body = answer
    with pytest.raises(BeaconUnavailableError, match=why):
        fetch(liar.url)


def test_nobody_listens_to_an_answer_without_an_end(liar: Liar) -> None:
    liar.body = lambda _: b" " * 50_000_000
    with pytest.raises(BeaconUnavailableError, match="longer than"):
        fetch(liar.url)
    deadline = time.monotonic() + 30
    while not liar.hung_up:
        assert time.monotonic() < deadline, "it was read to its end"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("status", "why"),
    [(404, "not yet"), (425, "not yet"), (302, "302"), (403, "403"), (500, "500"), (503, "503")],
)
def test_an_answer_that_is_none_is_said(liar: Liar, status: int, why: str) -> None:
    # The right signature in it: what is not a success is not read, and no redirection followed.
    liar.status, liar.body = status, answers()
    liar.headers = {"Location": f"{liar.url}/elsewhere"}
    with pytest.raises(BeaconUnavailableError, match=why):
        fetch(liar.url)
    assert len(liar.asked) == 1


def test_a_lying_a_dead_and_a_slow_endpoint_are_passed_by(
    liar: Liar, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sources, "_ANSWER_SECONDS", 2.0)
    liar.body = answers(signature=OTHER["signature"])
    with lying() as slow, lying() as honest:
        slow.body, slow.drip_seconds = answers(), 0.05
        honest.body = answers()
        source = Source((liar.url, "http://127.0.0.1:1", slow.url, honest.url), Log("test"))
        began = time.monotonic()
        for _ in range(3):
            found = source.fetch(QUICKNET, NUMBER, give_up=0, stop=threading.Event())
            assert found.hex() == SIGNATURE
        assert time.monotonic() - began < 10
        # Who answered last is asked first.
        assert [len(each.asked) for each in (liar, slow, honest)] == [1, 1, 3]
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [each["event"] for each in logged] == ["beacon_endpoint_failed"] * 3
    assert "LIES" in logged[0]["why"]
    assert "TooSlow" in logged[2]["why"] or "ReadTimeout" in logged[2]["why"]


@pytest.mark.timeout(20)
def test_who_answers_without_an_end_keeps_nobody_from_the_next(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_ANSWER_SECONDS", 2.0)
    liar.body = answers()
    with stalling() as url:
        assert fetch(url, liar.url).hex() == SIGNATURE


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_endpoint_that_nobody_can_ask_keeps_nobody_from_the_next(
    liar: Liar, address: str
) -> None:
    liar.body = answers()
    assert fetch(address, liar.url).hex() == SIGNATURE
    with pytest.raises(BeaconUnavailableError, match="InvalidURL"):
        fetch(address)


def test_it_asks_again_until_the_round_is_there(liar: Liar) -> None:
    real = answers()
    liar.status = 425

    def later(path: str) -> bytes:
        if len(liar.asked) == 3:
            liar.status = 200
        return real(path)

    liar.body = later
    assert fetch(liar.url, give_up=30).hex() == SIGNATURE
    assert len(liar.asked) == 4


def test_asked_to_stop_it_stops(liar: Liar) -> None:
    liar.status = 500
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(BeaconUnavailableError):
        Source([liar.url], Log("test")).fetch(QUICKNET, NUMBER, give_up=60, stop=stop)
    assert time.monotonic() - began < 30


# -------------------------------------------------------------------- settings


def test_endpoints_are_the_ones_given_or_of_the_environment_or_drands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYPOT_BEACON_URLS", raising=False)
    assert sources.urls() == sources.DEFAULT_URLS
    monkeypatch.setenv("PYPOT_BEACON_URLS", "http://a.example/, https://b.example:1/x")
    assert sources.urls() == ("http://a.example", "https://b.example:1/x")
    assert sources.urls(["https://c.example"]) == ("https://c.example",)
    for wrong in ("c.example", "ftp://c.example", "https://", *NO_ADDRESSES):
        with pytest.raises(UnreadableInputError, match="begins with"):
            sources.urls(["https://c.example", wrong])


def test_a_chain_is_read_from_a_file_or_an_address(tmp_path: Path, liar: Liar) -> None:
    own = LocalBeacon(new_secret())
    file = tmp_path / "info.json"
    file.write_text(json.dumps(own.info()))
    assert sources.trusted() == {QUICKNET.hash: QUICKNET}
    assert sources.trusted([str(file)]) == {QUICKNET.hash: QUICKNET, own.chain.hash: own.chain}
    liar.body = lambda _: json.dumps(own.info_v2()).encode()
    assert sources.read_chain(f"{liar.url}/info") == own.chain
    liar.status = 404
    with pytest.raises(UnreadableInputError, match="404"):
        sources.read_chain(liar.url)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schemeID": 1}', "x" * 100_000])
def test_what_describes_no_chain_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "info.json"
    file.write_text(content)
    with pytest.raises(UnreadableInputError, match="describes no chain"):
        sources.read_chain(str(file))
    with pytest.raises(UnreadableInputError, match="cannot open"):
        sources.read_chain(str(tmp_path / "none"))
    with pytest.raises(UnreadableInputError, match="Connect"):
        sources.read_chain("http://127.0.0.1:1/info")


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_nobody_can_ask_is_no_chains(address: str) -> None:
    with pytest.raises(UnreadableInputError) as raised:
        sources.read_chain(address)
    # There may be a password in it.
    assert address not in str(raised.value)


# ---------------------------------------------------------------- local beacon


def test_a_local_beacon_speaks_drands_api_and_keeps_to_the_clock() -> None:
    clock = Shifted()
    beacon = LocalBeacon(new_secret(), clock=clock)
    chain = beacon.chain
    with serving(beacon) as url, httpx.Client(base_url=url) as client:
        assert client.get("/chains").json() == [chain.hash.hex()]
        assert chain_from_info(client.get(f"/{chain.hash.hex()}/info").json()) == chain
        assert chain_from_info(client.get("/info").json()) == chain
        v2 = f"/v2/chains/{chain.hash.hex()}"
        assert chain_from_info(client.get(f"{v2}/info").json()) == chain
        latest = client.get(f"/{chain.hash.hex()}/public/latest").json()
        number = latest["round"]
        assert chain.round_time(number) <= time.time() * 1e6
        assert verify_round(chain, number, bytes.fromhex(latest["signature"]))
        again = client.get(f"{v2}/rounds/{number}").json()
        assert again == {"round": number, "signature": latest["signature"]}
        assert client.get("/health").json()["current"] >= number
        # Never early: 425 at once, and there as soon as its time has come.
        later = number + 10
        assert client.get(f"/{chain.hash.hex()}/public/{later}").status_code == 425
        assert client.get(f"{v2}/rounds/{later}").status_code == 425
        clock.ahead = 30
        told = client.get(f"/{chain.hash.hex()}/public/{later}").json()
        assert verify_round(chain, later, bytes.fromhex(told["signature"]))
        for path, status in {
            f"/{chain.hash.hex()}/public/0": 425,
            f"/{chain.hash.hex()}/public/-1": 400,
            f"/{chain.hash.hex()}/public/one": 400,
            f"/{chain.hash.hex()}/public/{2**64}": 400,
            f"/{chain.hash.hex()}/public/{2**60}": 425,
            f"/{'00' * 32}/public/1": 404,
            f"/{'00' * 32}/info": 404,
            "/nothing": 404,
        }.items():
            assert client.get(path).status_code == status, path


def test_no_round_is_known_a_moment_before_its_time() -> None:
    now = [0.0]
    beacon = LocalBeacon(new_secret(), genesis_time=1000, period=5, clock=lambda: now[0])
    for at, latest in ((999.999, 0), (1000.0, 1), (1004.999999, 1), (1005.0, 2)):
        now[0] = at
        assert beacon.latest() == latest
        assert beacon.signature(latest + 1) is None
        assert (beacon.signature(latest) is None) == (latest == 0)


def test_the_same_key_is_the_same_chain_again() -> None:
    secret = new_secret()
    again = Secret(secret.reveal())
    assert LocalBeacon(secret).chain == LocalBeacon(again).chain
    assert LocalBeacon(secret).chain != LocalBeacon(new_secret()).chain
    assert LocalBeacon(secret).chain != LocalBeacon(secret, period=4).chain
    assert LocalBeacon(secret).chain != LocalBeacon(secret, genesis_time=5).chain


@pytest.mark.parametrize(
    "times",
    [
        {"genesis_time": 2**63},
        {"genesis_time": -1},
        {"genesis_time": -(2**63) - 1},
        {"period": 2**32},
        {"period": 0},
        {"period": -1},
    ],
)
def test_what_can_be_no_chain_is_no_local_beacon(times: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"genesis|1970"):
        LocalBeacon(new_secret(), **times)


def test_the_last_genesis_of_a_local_beacon_is_the_last_that_a_database_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[int] = []

    def serve(server: BeaconServer) -> None:
        served.append(server.beacon.chain.genesis_time)
        server._listener.close()

    monkeypatch.setattr(BeaconServer, "serve_until_stopped", serve)
    monkeypatch.setattr(keys, "forbid_dumps", lambda: None)
    for genesis, code in (("4102444800", 0), ("4102444801", 2), (str(2**63), 2)):
        asked = ["beacon", "--port", "0", "--key", str(tmp_path / "key"), "--genesis", genesis]
        assert CliRunner().invoke(app, asked).exit_code == code
    assert served == [4102444800]


# ------------------------------------------------------------------ background


def test_wanted_rounds_come_when_their_time_has_and_wake_who_waits() -> None:
    clock = Shifted()
    beacon = LocalBeacon(new_secret(), clock=clock)
    chain = beacon.chain
    woken = threading.Event()
    with (
        serving(beacon) as url,
        RoundsInBackground(Source([url], Log("test")), clock) as rounds,
    ):
        rounds.start(woken.set, Log("test"))
        number = beacon.latest() + 10
        rounds.want({(chain, number), (chain, number - 10)})
        assert woken.wait(60)
        past = rounds.get(chain, number - 10)
        assert past is not None
        assert verify_round(chain, number - 10, past)
        assert rounds.get(chain, number) is None
        woken.clear()
        clock.ahead = 30
        rounds.want({(chain, number)})  # a look at the clock, as each round of a service gives
        assert woken.wait(60)
        found = rounds.get(chain, number)
        assert found is not None
        assert verify_round(chain, number, found)
        # What is wanted no more is forgotten.
        rounds.want(())
        assert rounds.get(chain, number) is None


def test_an_outage_is_waited_for_and_holds_up_no_other_round() -> None:
    put_off = threading.Event()

    def note(event: str) -> None:
        if event == "beacon_unavailable":
            put_off.set()

    secret = new_secret()
    beacon, other = LocalBeacon(secret), LocalBeacon(new_secret())
    number = beacon.latest()
    woken = threading.Event()
    with serving(other) as url:
        port = int(url.rpartition(":")[2])
    down = f"http://127.0.0.1:{port}"
    with (
        serving(other) as up,
        RoundsInBackground(Source([down, up], Log("test"))) as rounds,
    ):
        rounds.start(woken.set, Log("test", note))
        rounds.want({(beacon.chain, number), (other.chain, number)})
        # The other chain's round, while the first's endpoint is down.
        assert woken.wait(60)
        assert rounds.get(other.chain, number) is not None
        assert put_off.wait(60)
        assert rounds.get(beacon.chain, number) is None
        woken.clear()
        with serving(beacon, port):
            assert woken.wait(30)
        assert rounds.get(beacon.chain, number) is not None


def test_a_command_that_ends_fetches_at_once_what_is_due() -> None:
    clock = Shifted()
    beacon = LocalBeacon(new_secret(), clock=clock)
    number = beacon.latest()
    with serving(beacon) as url:
        rounds = RoundsNow(Source([url], Log("test")), Log("test"), 0, clock)
        assert rounds.get(beacon.chain, number) == beacon.signature(number)
        assert rounds.get(beacon.chain, number + 10) is None
        assert rounds.missed == 0
    assert rounds.get(beacon.chain, number) is None
    assert rounds.missed == 1
