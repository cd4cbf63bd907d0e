"""The scenes of the demo: each plays one thing that can happen to a pot and checks what came of it.

A scene starts something, or looks at what became of it; what a service has to do in between takes
its time while other scenes play.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from pypot_cli.beacon import source
from pypot_cli.demo.crowd import CAP, ENTRY_COST, GRANT, TICKETS_A_PLAYER, Crowd
from pypot_cli.demo.report import Report
from pypot_cli.demo.stage import Stage
from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.beacon import ORDER, sign_round, verify_round
from pypot_cli.game import GAME
from pypot_cli.rpc import ANON, Caller, RpcError, player

ORCHESTRATOR = Caller("pot_orchestrator")
SETTLEMENT = Caller("pot_settlement")
BEACON = Caller("pot_beacon")

BEACON_SCENE = "drawn with a beacon"

_SMALL = {"entry_cost": ENTRY_COST, "max_tickets": 10, "max_per_user": 5}
_TIMER_SECONDS = 6


@dataclass
class Scenes:
    """The scenes, and the pots each of them made, by name."""

    stage: Stage
    crowd: Crowd
    report: Report
    compliance: Caller = field(default_factory=lambda: Caller("pot_compliance", uuid4()))
    pots: dict[str, str] = field(default_factory=dict)
    _before: dict[str, Any] = field(default_factory=dict)

    # ------------------------------------------------------------------ helpers

    def players(self, count: int, amount: int = GRANT) -> list[UUID]:
        """Return new players with credits, who play in one scene only."""
        users = [uuid4() for _ in range(count)]
        self.stage.sign_up(users)
        self.crowd.grant(users, amount)
        return users

    def create(self, name: str, **terms: Any) -> str:
        """Open a pot for the scene `name`."""
        pot_id: str = self.crowd.call(ORCHESTRATOR, "create_pot", **{**_SMALL, **terms})["pot_id"]
        self.pots[pot_id] = name
        return pot_id

    def join(self, pot_id: str, user: UUID, tickets: int, key: str | None = None) -> Any:
        """Join as a player; raises RpcError when refused."""
        return self.crowd.call(
            player(user), "join_pot", pot_id=pot_id, ticket_count=tickets, idempotency_key=key
        )

    def pot(self, pot_id: str) -> dict[str, Any]:
        """Return what anyone may see of a pot."""
        detail: dict[str, Any] = self.crowd.call(ANON, "get_pot", pot_id=pot_id)
        return detail

    def wallet(self, user: UUID) -> dict[str, int]:
        """Return a player's balance and version."""
        wallet: dict[str, int] = self.crowd.call(player(user), "my_wallet")
        return wallet

    def wait_for_status(self, pot_id: str, *status: str) -> dict[str, Any]:
        """Return the pot once it has one of the statuses."""

        def look() -> dict[str, Any] | None:
            detail = self.pot(pot_id)
            return detail if detail["status"] in status else None

        return self.stage.wait_for(f"pot {pot_id} to be {' or '.join(status)}", look)

    def expect_refusal(
        self, name: str, token: str, caller: Caller, function: str, /, **arguments: Any
    ) -> None:
        """Check that a call is refused with `token`."""
        try:
            self.crowd.call(caller, function, **arguments)
        except RpcError as error:
            details = ", ".join(f"{key} {value}" for key, value in error.details.items())
            self.report.check(
                name, error.token == token, f"{error}{f' [{details}]' * bool(details)}"
            )
        else:
            self.report.check(name, False, f"it was accepted, not refused with {token}")

    # -------------------------------------------------------------- the main game

    def open_main_pots(self, count: int) -> list[str]:
        """Have the orchestrator open pots from a template, as rotation does."""
        terms = {
            "name": "demo",
            "entry_cost": ENTRY_COST,
            "max_tickets": len(self.crowd.players) * TICKETS_A_PLAYER,
            "max_per_user": CAP,
        }
        self.crowd.call(ORCHESTRATOR, "upsert_pot_template", **terms, open_pots=count)

        def look() -> list[str] | None:
            listed = self.crowd.rows(ANON, "list_pots", status="open", page_size=100)
            return [pot["id"] for pot in reversed(listed)] if len(listed) >= count else None

        opened = self.stage.wait_for(f"{count} pots to be opened by rotation", look)
        self.crowd.call(ORCHESTRATOR, "upsert_pot_template", **terms, open_pots=0)
        self.pots.update(dict.fromkeys(opened, "filled"))
        self.report.check(
            "rotation opens the pots of a template", len(opened) == count, f"{len(opened)} opened"
        )
        return opened

    def check_rush(self, pots: list[str]) -> None:
        """The players bought every ticket, and were refused nothing but by the rules."""
        sold = [self.pot(pot_id)["fill_percent"] for pot_id in pots]
        self.report.check(
            "every pot of the main game filled", set(sold) == {100}, f"{len(sold)} of {len(pots)}"
        )
        tally = self.crowd.tally
        refused = ", ".join(f"{count} {token}" for token, count in sorted(tally.refused.items()))
        self.report.check(
            "players were refused by the rules alone",
            not tally.unexpected,
            "; ".join(tally.unexpected[:3]) or f"in the rush: {refused or 'nobody'}",
        )

    # -------------------------------------------------------------------- timers

    def start_timers(self) -> None:
        """Two pots with a deadline: five players join one, one player the other."""
        timed = self.create("locked by its timer", max_tickets=50, fill_seconds=_TIMER_SECONDS)
        for user in self.players(5):
            self.join(timed, user, 3)
        lonely = self.create("lack of players", fill_seconds=_TIMER_SECONDS)
        (user,) = self.players(1)
        self._before["lonely"] = (user, self.wallet(user)["balance"])
        self.join(lonely, user, 5)

    def check_timers(self) -> None:
        """The first was locked unfilled and settled, the other cancelled and refunded."""
        timed, lonely = self._named("locked by its timer"), self._named("lack of players")
        detail = self.wait_for_status(timed, "settled")
        self.report.check(
            "a pot is locked by its timer and settled",
            detail["fill_percent"] < 100 and detail["locked_at"] >= detail["locks_at"],
            f"{detail['tickets_sold']} of {detail['max_tickets']} tickets",
        )
        detail = self.wait_for_status(lonely, "cancelled")
        user, before = self._before["lonely"]
        self.report.check(
            "a pot without enough players is cancelled and refunded",
            detail["cancel_cause"] == "lack_of_players" and self.wallet(user)["balance"] == before,
            f"{detail['cancel_cause']}, balance {before} again",
        )

    # -------------------------------------------------------------------- beacon

    def start_beacon_draw(self) -> None:
        """Sell out a pot of draw 2, whose round comes half a minute after its lock.

        Until then nobody can end the draw, not even with a signature to show.
        """
        pot_id = self.create(BEACON_SCENE, draw_version=2)
        for user in self.players(2):
            self.join(pot_id, user, 5)

        def revealed() -> dict[str, Any] | None:
            detail = self.pot(pot_id)
            return detail if detail["fairness"]["reveal_seed"] else None

        detail = self.stage.wait_for(f"pot {pot_id} to be revealed", revealed)
        beacon = detail["fairness"]["beacon"]
        self.report.check(
            "the seed is revealed while the beacon's round is still to come",
            detail["status"] == "settling" and detail["winner"] is None,
            f"round {beacon['round']}, due {beacon['round_time']}",
        )
        self._refuse_forged_beacon("a beacon before its time is refused", pot_id, beacon["round"])

    def check_beacon_draw(self) -> None:
        """The round came, a service verified it and handed it in: settled, and for good."""
        pot_id = self._named(BEACON_SCENE)
        detail = self.wait_for_status(pot_id, "settled")
        beacon = detail["fairness"]["beacon"]
        chain = source.read_chain(str(self.stage.beacon_info))
        self.report.check(
            "a draw with a beacon ends with the beacon's own signature of its round",
            verify_round(chain, beacon["round"], bytes.fromhex(beacon["signature"])),
            f"round {beacon['round']}, signature {beacon['signature'][:16]}...",
        )
        self._refuse_forged_beacon("no other beacon takes its place", pot_id, beacon["round"])

    def _refuse_forged_beacon(self, name: str, pot_id: str, number: int) -> None:
        self.expect_refusal(
            name, "wrong_state",
            BEACON, "submit_beacon", pot_id=pot_id, beacon_signature=forged_beacon(number).hex(),
            attestation=secrets.token_hex(64),
        )  # fmt: skip

    # ------------------------------------------------------- refusals, pause, void

    def play_refusals_and_pause(self) -> None:
        """Over-cap, overspend and double joins move nothing; a paused pot takes nobody in."""
        pot_id = self.create("paused and resumed")
        ann, ben, eve = self.players(3)
        (poor,) = self.players(1, amount=ENTRY_COST - 1)
        first = self.join(pot_id, ann, 3, key="demo-double-join")
        books = [self._books(pot_id, user) for user in (ann, poor)]

        again = self.join(pot_id, ann, 3, key="demo-double-join")
        self.report.check(
            "a double join is one join with one answer",
            again == first,
            f"entry {first['entry_id']}",
        )
        self.expect_refusal(
            "a key is not used for another join", "idempotency_key_reused",
            player(ann), "join_pot", pot_id=pot_id, ticket_count=1,
            idempotency_key="demo-double-join",
        )  # fmt: skip
        self.expect_refusal(
            "nobody buys more than the cap", "ticket_cap_exceeded",
            player(ann), "join_pot", pot_id=pot_id, ticket_count=3,
        )  # fmt: skip
        self.expect_refusal(
            "nobody spends more than they have", "insufficient_credits",
            player(poor), "join_pot", pot_id=pot_id, ticket_count=1,
        )  # fmt: skip
        self.report.check(
            "what is refused moves nothing",
            books == [self._books(pot_id, user) for user in (ann, poor)],
            "wallets and pot as before",
        )

        deadline = self.pot(pot_id)["locks_at"]
        self.crowd.call(self.compliance, "pause_pot", pot_id=pot_id, reason="a closer look")
        self.expect_refusal(
            "a paused pot takes no entries", "pot_paused",
            player(ben), "join_pot", pot_id=pot_id, ticket_count=2,
        )  # fmt: skip
        self.crowd.call(self.compliance, "resume_pot", pot_id=pot_id, reason="nothing found")
        self.join(pot_id, ben, 5)
        self.join(pot_id, eve, 2)
        self.report.check(
            "a resumed pot goes on, its deadline moved by the pause",
            self.pot(pot_id)["locks_at"] > deadline,
            f"{deadline} became {self.pot(pot_id)['locks_at']}",
        )

    def play_void(self) -> None:
        """Compliance voids a pot; every player has their credits back."""
        pot_id = self.create("voided")
        users = self.players(3)
        before = [self.wallet(user)["balance"] for user in users]
        for user in users:
            self.join(pot_id, user, 2)
        self.crowd.call(self.compliance, "void_pot", pot_id=pot_id, reason="collusion")
        public = self.crowd.call(ANON, "get_proof", pot_id=pot_id)
        self.report.check(
            "a voided pot refunds everyone, in public",
            [self.wallet(user)["balance"] for user in users] == before
            and public["cause"] == "voided"
            and len(public["refunds"]) == len(users),
            f"{public['credits_refunded']} credits to {public['entries_refunded']} entries",
        )

    # -------------------------------------------------------------- forged reveal

    def play_forged_reveal(self) -> None:
        """While the signer is away somebody with its role, but not its secrets, tries a reveal."""
        code = self.stage.settlement.stop()
        self.report.check("the signer ends when asked", code == 0, f"exit code {code}")
        pot_id = self.create("forged reveal")
        users = self.players(2)
        for user in users:
            self.join(pot_id, user, 5)

        def attested() -> bool | None:
            return True if self.pot(pot_id)["fairness"]["orchestrator_signature"] else None

        self.stage.wait_for(f"pot {pot_id} to be locked and attested", attested)
        self.crowd.call(SETTLEMENT, "claim_settlement", pot_id=pot_id)
        books = [self.wallet(user) for user in users]
        self.expect_refusal(
            "a forged reveal is refused", "reveal_mismatch",
            SETTLEMENT, "reveal_pot", pot_id=pot_id, reveal_seed=secrets.token_hex(32),
            settlement_signature=secrets.token_hex(64),
        )  # fmt: skip
        chain = self.crowd.rows(ANON, "get_audit_chain", pot_id=pot_id)
        detail = self.pot(pot_id)
        self.report.check(
            "a forged reveal is recorded and moves nothing",
            chain[-1]["action"] == "reveal_rejected"
            and detail["status"] == "settling"
            and detail["winner"] is None
            and books == [self.wallet(user) for user in users],
            f"chain row {chain[-1]['seq']}: {chain[-1]['action']}",
        )
        self.stage.settlement.start()
        self.wait_for_status(pot_id, "settled")
        self.report.check("the signer comes back and settles what it left", True, pot_id)

    # -------------------------------------------------------------------- receipts

    def check_receipt(self, pot_id: str) -> None:
        """A player proves own tickets to anyone, with the receipt alone."""
        for user in self.crowd.players:
            own = self.crowd.rows(player(user), "my_entries", pot_id=pot_id)
            alive = [entry for entry in own if entry["first_ticket"] is not None]
            if alive:
                receipt = self.crowd.call(player(user), "my_receipt", entry_id=alive[0]["entry_id"])
                root = self.pot(pot_id)["fairness"]["entries_root"]
                self.report.check(
                    "a receipt alone proves its tickets",
                    _receipt_root(receipt, user) == (root, receipt["first_ticket"]),
                    f"{receipt['ticket_count']} tickets from number {receipt['first_ticket']} on",
                )
                return
        self.report.check("a receipt alone proves its tickets", False, "nobody has an entry")

    # --------------------------------------------------------------------- private

    def _named(self, name: str) -> str:
        return next(pot_id for pot_id, scene in self.pots.items() if scene == name)

    def _books(self, pot_id: str, user: UUID) -> tuple[dict[str, int], int, int]:
        detail = self.pot(pot_id)
        return self.wallet(user), detail["tickets_sold"], detail["version"]


def forged_beacon(number: int) -> bytes:
    """Return a real BLS signature of a round, by a key that is no chain's."""
    return sign_round(1 + secrets.randbelow(ORDER - 1), number)


def _receipt_root(receipt: Mapping[str, Any], user: UUID) -> tuple[str, int]:
    """Return the root and the first ticket that a receipt leads to."""
    pot_id = UUID(receipt["pot_id"])
    tag = draw.entrant_tag(bytes.fromhex(receipt["salt"]), pot_id, user)
    steps = [
        merkle.Sibling(step["side"], step["sum"], bytes.fromhex(step["hash"]))
        for step in receipt["merkle_path"]
    ]
    leaf = merkle.leaf(pot_id, receipt["ticket_count"], tag, GAME)
    return merkle.fold(leaf, steps).hash.hex(), merkle.first_ticket(steps)
