"""Hostile values, the public functions and their arguments, and a game to try them on.

The functions and their arguments come from the catalogue, so the next one is covered too.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.support.game import Game, Json

TEN_MEGABYTES = 10 * 2**20
DEEP = 200_000

# Raw JSON, since some of these no encoder would write.
HOSTILE: dict[str, str] = {
    "null": "null",
    "zero": "0",
    "minus one": "-1",
    "2^31": str(2**31),
    "2^53": str(2**53),
    "2^63 - 1": str(2**63 - 1),
    "2^63": str(2**63),
    "-2^63": str(-(2**63)),
    "a fraction": "1.5",
    "1e400": "1e400",
    "the word NaN": '"NaN"',
    "the word Infinity": '"Infinity"',
    "true": "true",
    "empty text": '""',
    "a space": '" "',
    "a zero-width space": '"\\u200b"',
    "look-alike letters": '"\\u043e\\u0440\\u0435n"',
    "right-to-left override": '"\\u202eabc"',
    "U+0000": '"a\\u0000b"',
    "half a surrogate pair": '"\\ud800"',
    "SQL": '"\'; drop table public.pots cascade; --"',
    "a format string": '"%s %n %1$s {0} ${jndi}"',
    "the nil uuid": f'"{uuid.UUID(int=0)}"',
    "a uuid in braces": f'"{{{uuid.UUID(int=7)}}}"',
    "64 zeros": f'"{"0" * 64}"',
    "64 upper-case digits": f'"{"AB" * 32}"',
    "64 digits and a newline": f'"{"ab" * 32}\\n"',
    "an empty array": "[]",
    "an array of null": "[null]",
    "an empty object": "{}",
    "duplicate keys": '[{"pot_id": 1, "pot_id": 2, "commit_hash": "x", "commit_hash": "y"}]',
    "deep JSON": "[" * DEEP + "]" * DEEP,
    "ten megabytes": '"' + "x" * TEN_MEGABYTES + '"',
    "ten megabytes of JSON": "[" + ",".join(["{}"] * (TEN_MEGABYTES // 3)) + "]",
}
LARGE = {"ten megabytes", "ten megabytes of JSON", "deep JSON"}


@dataclass(frozen=True)
class Function:
    """A public function: its arguments in order with their types, and who may call it."""

    name: str
    arguments: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


FUNCTIONS = """
    select
        f.proname,
        array(
            select array[a.name, format_type(a.type, null)]
            from unnest(f.proargnames, f.proargtypes::oid[]) with ordinality
                as a (name, type, place)
            where a.place <= f.pronargs
            order by a.place
        ),
        array(
            select r.rolname::text
            from pg_roles as r
            where r.rolname in (
                'anon', 'authenticated', 'service_role',
                'pot_orchestrator', 'pot_settlement', 'pot_beacon', 'pot_compliance',
                'pot_treasury', 'pot_events', 'pot_webhooks'
            ) and has_function_privilege(r.oid, f.oid, 'execute')
            order by r.rolname
        )
    from pg_proc as f
    where f.pronamespace = 'public'::regnamespace
        and not exists (
            select from pg_depend as d where d.objid = f.oid and d.deptype = 'e'
        )
    order by f.proname
"""


class Field:
    """A game with one pot in each state, and a value for every argument that would do."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.player = game.player(funds=1000)
        self.open = game.pot()
        self.entry_id = self.player.join(self.open)["entry_id"]
        self.settling = game.pot(max_tickets=1)
        self.player.join(self.settling)
        game.to_settling(self.settling)
        locked = game.pot(max_tickets=1)
        self.player.join(locked)
        game.lock(locked)
        settled = game.pot(max_tickets=1)
        self.player.join(settled)
        game.settle(settled)
        (self.unused,) = game.stock(1)
        game.orchestrator.call("prepare_checkpoint")
        self.flag_id = game.flag(self.open, self.player.user_id)
        made = game.service.call("create_webhook", url="https://hooks.example/")
        self.webhook_id = made["webhook_id"]
        game.service.call("test_webhook", webhook_id=self.webhook_id)
        (self.delivery,) = game.caller("pot_webhooks").call("claim_deliveries")
        game.service.call("test_webhook", webhook_id=self.webhook_id)
        self.hex = {64: "ab" * 32, 128: "cd" * 64}
        self.pots = {
            "reveal_pot": self.settling,
            "claim_settlement": self.settling,
            "attest_lock": locked,
            "list_lock_entries": locked,
            "pack_lock_entries": locked,
            "get_proof": settled,
            "create_pot": self.unused,
        }

    def good(self, function: str, argument: str, type_: str) -> Any:
        """A value that is fine for the argument, by its name, else by its type."""
        known = {
            "pot_id": self.pots.get(function, self.open),
            "entry_id": self.entry_id,
            "flag_id": self.flag_id,
            "decision": "clear",
            "user_id": str(self.player.user_id),
            "kid": self.game.kids["settlement"],
            "purpose": "settlement",
            "public_key": self.hex[64],
            "reveal_seed": self.hex[64],
            "lock_digest": self.hex[64],
            "orchestrator_signature": self.hex[128],
            "settlement_signature": self.hex[128],
            "commitments": [{"pot_id": str(uuid.uuid4()), "commit_hash": self.hex[64]}],
            "after": None,
            "status": 200 if function == "report_delivery" else None,
            "page_size": 20,
            "max_tickets": 10,
            "scope": "global",
            "scope_id": None,
            "rule": "joins_per_minute",
            "value": 1_000_000,
            "url": "https://hooks.example/",
            "events": ["pot_settled"],
            "webhook_id": self.webhook_id,
            "delivery_id": self.delivery["delivery_id"],
            "lease": self.delivery["lease"],
            "error": None,
            "from_position": None,
            "from": "2030-01-01T00:00:00Z",
            "to": "2030-01-02T00:00:00Z",
            "bucket": "hour",
        }
        by_type: Json = {"text": "text", "uuid": None, "jsonb": {}, "boolean": False}
        return known.get(argument, by_type.get(type_, 1))


def functions_of(game: Game) -> list[Function]:
    """The public functions of the database."""
    return [
        Function(name, tuple((a, t) for a, t in arguments), tuple(roles))
        for name, arguments, roles in game.rows(FUNCTIONS)
    ]
