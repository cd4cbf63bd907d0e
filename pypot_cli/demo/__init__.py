"""`pypot demo`: real players, pots and services on a real PostgreSQL, then everybody's own checks.

A fresh embedded database, hundreds of players on real connections, and the two services as
processes that hold the only secrets. At the end every proof is verified by `pypot verify`, and the
database by `pypot check`, both as programs of their own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli.demo.crowd import TICKETS_A_PLAYER, Crowd
from pypot_cli.demo.report import PotLine, Report
from pypot_cli.demo.scenes import BEACON_SCENE, Scenes, forged_beacon
from pypot_cli.demo.screen import Screen
from pypot_cli.demo.stage import Stage, open_stage, pypot
from pypot_cli.errors import PypotError
from pypot_cli.interrupts import spread, terminated_as_interrupted
from pypot_cli.rpc import ANON, describe

__all__ = ["BEACON_FILE", "Report", "Screen", "open_stage", "run"]

BEACON_FILE = "beacon.info"
"""Beside the proofs, so that `pypot verify --beacon-chain` can be given it."""

_PROCESSORS = 2


def run(players: int, pots: int, proof_dir: Path | None, screen: Screen) -> Report:
    """Play the demo and return its report; nothing of it is left but the proofs in `proof_dir`.

    `players` is at least 5, `pots` at least 1. SIGTERM ends it as Ctrl-C does, by
    KeyboardInterrupt, after everything that was started has been stopped.
    """
    report = Report(players=players)
    began = time.monotonic()
    try:
        with terminated_as_interrupted(), open_stage(screen.say, pots) as stage:
            proofs = proof_dir or stage.directory / "proofs"
            proofs.mkdir(parents=True, exist_ok=True)
            report.proof_dir = str(proof_dir) if proof_dir else None
            with Crowd(stage.login, players) as crowd:
                _play(stage, crowd, report, pots, screen)
                _export(crowd, report, proofs)
            # Nobody knows the demo's beacon: whoever verifies these proofs later needs it.
            shutil.copyfile(stage.beacon_info, proofs / BEACON_FILE)
            _verify(stage, report, proofs, screen)
            _check_database(stage, report, screen)
    except (PypotError, psycopg.Error) as error:
        report.stopped = describe(error)
    report.seconds = time.monotonic() - began
    return report


def _play(stage: Stage, crowd: Crowd, report: Report, pots: int, screen: Screen) -> None:
    players = len(crowd.players)
    scenes = Scenes(stage, crowd, report)
    screen.say(f"signing up {players} players and granting them credits")
    stage.sign_up(crowd.players)
    crowd.grant(crowd.players)
    screen.say(f"waiting for the signer's commitments and for {pots} pots")
    main = scenes.open_main_pots(pots)
    scenes.start_timers()
    screen.say("a draw with a beacon, and a forged one before its round is known to anybody")
    scenes.start_beacon_draw()

    tickets = pots * players * TICKETS_A_PLAYER
    screen.say(f"{players} players buy {tickets} tickets in {pots} pots")
    with screen.bar("tickets sold", tickets) as advance:
        crowd.play(main, advance)
    tally = crowd.tally
    report.joins, report.play_seconds = len(tally.joins), tally.seconds
    report.joins_per_second = tally.joins_per_second
    report.join_ms_p50, report.join_ms_p99 = tally.quantile(0.5), tally.quantile(0.99)
    report.taken_back, report.refused = tally.taken_back, dict(tally.refused)
    screen.say(f"{report.joins} joins, {report.joins_per_second:.0f} a second")
    scenes.check_rush(main)

    screen.say("over-cap, overspend and double join; pause and resume; void")
    scenes.play_refusals_and_pause()
    scenes.play_void()
    screen.say("a forged reveal, while the signer is away")
    scenes.play_forged_reveal()
    screen.say("waiting for the timers and for the last settlement")
    scenes.check_timers()
    screen.say("waiting for the beacon of the draw that uses one")
    scenes.check_beacon_draw()
    ended = {each: scenes.wait_for_status(each, "settled", "cancelled") for each in scenes.pots}
    settled = [each for each in main if ended[each]["status"] == "settled"]
    report.check("every filled pot was settled", settled == main, f"{len(settled)} of {len(main)}")
    scenes.check_receipt(main[0])
    times = stage.fill_times()
    report.pots = [_line(scenes.pots[each], ended[each], times.get(each)) for each in ended]


def _line(scene: str, detail: dict[str, Any], fill_seconds: float | None) -> PotLine:
    winner = detail["winner"] or {}
    return PotLine(
        pot_id=detail["id"],
        scene=scene,
        status=detail["status"],
        tickets=detail["tickets_sold"],
        players=detail["participant_count"],
        winner=winner.get("entrant"),
        winning_ticket=winner.get("winning_ticket"),
        prize=winner.get("prize"),
        fill_seconds=fill_seconds,
        proof=None,
    )


def _export(crowd: Crowd, report: Report, proofs: Path) -> None:
    """Write the proof of each settled pot, as anyone may fetch it."""
    for pot in report.pots:
        if pot.status == "settled":
            proof = crowd.call(ANON, "get_proof", pot_id=pot.pot_id)
            (proofs / f"{pot.pot_id}.json").write_text(json.dumps(proof, indent=2) + "\n")


def _verify(stage: Stage, report: Report, proofs: Path, screen: Screen) -> None:
    """Have `pypot verify` judge each proof by the pinned keys, and refuse one that was altered."""
    settled = [pot.pot_id for pot in report.pots if pot.status == "settled"]
    screen.say(f"pypot verify: {len(settled)} proofs, against the keys made at the start")
    pins = [
        *("--orchestrator-key", stage.orchestrator_key, "--settlement-key", stage.settlement_key),
        *("--beacon-chain", str(stage.beacon_info)),
    ]

    def verify(file: Path) -> subprocess.CompletedProcess[str]:
        return pypot("verify", str(file), "--json", *pins)

    with (
        ThreadPoolExecutor(_PROCESSORS) as threads,
        screen.bar("proofs verified", len(settled)) as advance,
    ):
        verdicts = {}
        files = [proofs / f"{pot_id}.json" for pot_id in settled]
        for pot_id, done in zip(settled, spread(threads, verify, files), strict=True):
            verdicts[pot_id] = done
            advance(1)
    wrong = {pot_id: done for pot_id, done in verdicts.items() if done.returncode != 0}
    for index, pot in enumerate(report.pots):
        if pot.pot_id in verdicts:
            word = "not valid" if pot.pot_id in wrong else "valid"
            report.pots[index] = replace(pot, proof=word)
    report.check(
        "pypot verify accepts the proof of every settled pot",
        bool(verdicts) and not wrong,
        "; ".join(f"{pot_id}: {_summary(done)}" for pot_id, done in wrong.items())
        or f"{len(verdicts)} valid, signed by the pinned keys",
    )
    for pot in report.pots:
        if pot.scene == BEACON_SCENE and pot.status == "settled":
            forged = json.loads((proofs / f"{pot.pot_id}.json").read_text())
            forged["beacon"]["signature"] = forged_beacon(forged["beacon"]["round"]).hex()
            altered = stage.directory / "altered.json"
            altered.write_text(json.dumps(forged))
            done = verify(altered)
            report.check(
                "pypot verify refuses a proof with a forged beacon",
                done.returncode == 1 and "beacon.signature" in _failed(done),
                _summary(done),
            )
    if settled:
        forged = json.loads(files[0].read_text())
        forged["winning_ticket"] = (forged["winning_ticket"] + 1) % forged["total_tickets"]
        altered = stage.directory / "altered.json"
        altered.write_text(json.dumps(forged))
        done = verify(altered)
        report.check(
            "pypot verify refuses a proof with another winning ticket",
            done.returncode == 1,
            _summary(done),
        )


def _failed(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [
        each["name"] for each in json.loads(done.stdout)["checks"] if each["outcome"] == "failed"
    ]


def _summary(done: subprocess.CompletedProcess[str]) -> str:
    try:
        summary: str = json.loads(done.stdout)["summary"]
    except (ValueError, KeyError):
        return done.stderr.strip() or f"exit code {done.returncode}"
    return summary


def _check_database(stage: Stage, report: Report, screen: Screen) -> None:
    """Have `pypot check` prove every invariant over the whole database."""
    screen.say("pypot check: every invariant over the whole database")
    done = pypot("check", "--db", stage.url, "--json")
    try:
        checks = json.loads(done.stdout)["checks"]
    except ValueError:
        report.check("pypot check finds every invariant to hold", False, done.stderr.strip())
        return
    broken = [check for check in checks if not check["holds"]]
    rows = sum(check["rows"] for check in checks)
    report.check(
        "pypot check finds every invariant to hold",
        done.returncode == 0 and not broken,
        "; ".join(f"{check['name']}: {check['findings'][0]}" for check in broken)
        or f"{len(checks)} invariants, {rows} rows examined",
    )
