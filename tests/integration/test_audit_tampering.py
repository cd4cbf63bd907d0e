"""The tamper table: what an owner of the database may do to the audit log, and what finds it.

Everything is done by a superuser with all guards off, to a copy of one database that lived. In
haste, hashes are left as they were; with care, every chain, the whole tree and the database's own
checkpoints are made anew, and only what is kept outside can tell.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from pypot_cli.audit_log import timer
from pypot_cli.audit_log.destinations import destination
from pypot_cli.audit_log.state import State
from pypot_cli.audit_log.verify import Report, outside, verify
from pypot_cli.fairness import note, signing
from pypot_cli.keys import Secret, new_secret
from pypot_cli.rpc import login_url
from tests.support.database import Database
from tests.support.lived import Lived, live
from tests.support.servers import Servers, Template

DISARM = """
do $$
declare
    v record;
begin
    for v in
        select c.oid::regclass as relation
        from pg_catalog.pg_class as c
        where c.relkind = 'r'
            and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    loop
        execute format('alter table %s disable trigger all', v.relation);
    end loop;
    alter table public.pots_audit drop constraint pots_audit_pot_seq_key;
    alter table public.pots_audit drop constraint pots_audit_row_hash_key;
    alter table public.pots_audit alter column id drop identity;
end $$
"""

# Every chain from its first row on, and the log of all rows in their order, as if it had been so.
RECOMPUTE = """
do $$
declare
    v public.pots_audit;
    v_pot uuid;
    v_seq bigint;
    v_prev text;
begin
    for v in select a.* from public.pots_audit as a order by a.pot_id, a.seq, a.id loop
        if v.pot_id is distinct from v_pot then
            v_pot := v.pot_id;
            v_seq := 0;
            v_prev := repeat('0', 64);
        end if;
        v_seq := v_seq + 1;
        update public.pots_audit as a
        set seq = v_seq, prev_hash = v_prev,
            payload_hash = encode(sha256(convert_to(a.payload, 'UTF8')), 'hex'),
            row_hash = encode(private.audit_row_hash(
                'pots', a.pot_id, v_seq, decode(v_prev, 'hex'), a.created_at, a.payload
            ), 'hex')
        where a.id = v.id
        returning a.row_hash into v_prev;
        update private.pot_states as s set chain_seq = v_seq, chain_hash = v_prev
        where s.pot_id = v_pot;
    end loop;
    delete from private.log_signatures where true;
    delete from private.log_checkpoints where true;
    delete from private.log_nodes where true;
    delete from private.log_leaves where true;
    delete from private.log_pending where true;
    insert into private.log_pending (audit_id) select a.id from public.pots_audit as a;
    perform private.sequence_log();
end $$
"""

EDIT = """
    update public.pots_audit
    set payload = replace(payload, '"nonce":"', '"nonce":"00')
    where pot_id = %(settled)s and seq = 3
"""
EDIT_COLUMN = """
    update public.pots_audit set reason = 'another' where pot_id = %(settled)s and seq = 3
"""
EDIT_TIME = """
    update public.pots_audit set created_at = created_at + interval '1 microsecond'
    where pot_id = %(settled)s and seq = 3
"""
DELETE_LEAF = "delete from private.log_leaves where leaf_index = 5"
DELETE = "delete from public.pots_audit where pot_id = %(settled)s and seq = 3"
SWAP = """
    with two as (
        select * from public.pots_audit where pot_id = %(settled)s and seq in (2, 3)
    )
    update public.pots_audit as a
    set seq = t.seq, action = t.action, actor_id = t.actor_id, reason = t.reason,
        metadata = t.metadata, created_at = t.created_at, payload = t.payload,
        payload_hash = t.payload_hash, prev_hash = t.prev_hash,
        row_hash = t.row_hash
    from two as t
    where a.pot_id = t.pot_id and a.seq in (2, 3) and a.id <> t.id
"""
APPEND = """
    insert into public.pots_audit (
        id, pot_id, seq, action, actor_id, reason, metadata, created_at,
        payload, payload_hash, prev_hash, row_hash
    )
    select
        1000000, a.pot_id, a.seq + 1, a.action, a.actor_id, a.reason, a.metadata, a.created_at,
        a.payload, a.payload_hash, a.row_hash,
        encode(private.audit_row_hash(
            'pots', a.pot_id, a.seq + 1, decode(a.row_hash, 'hex'), a.created_at, a.payload
        ), 'hex')
    from public.pots_audit as a
    where a.pot_id = %(settled)s
    order by a.seq desc
    limit 1
"""
CUT_CHAIN = "delete from public.pots_audit where pot_id = %(settled)s and seq > 4"
CUT_LOG = """
    delete from public.pots_audit
    where id in (
        select audit_id from private.log_leaves order by leaf_index desc limit 3
    )
"""
FORK = """
    update public.pots_audit as a
    set created_at = a.created_at + interval '1 second',
        row_hash = encode(private.audit_row_hash(
            'pots', a.pot_id, a.seq, decode(a.prev_hash, 'hex'),
            a.created_at + interval '1 second', a.payload
        ), 'hex')
    where a.pot_id = %(settled)s and a.seq = 3
"""
# The last row of a chain names no row before it, and its own hash says so.
UNLINK = """
    update public.pots_audit as a
    set prev_hash = repeat('ab', 32),
        row_hash = encode(private.audit_row_hash(
            'pots', a.pot_id, a.seq, decode(repeat('ab', 32), 'hex'), a.created_at, a.payload
        ), 'hex')
    where a.pot_id = %(settled)s
        and a.seq = (
            select max(l.seq) from public.pots_audit as l where l.pot_id = %(settled)s
        )
"""
# What a tail that was cut with every chain's end leaves behind.
LONGER = "update private.log_checkpoints set size = size + 1"
# Rows of two pots in the other order.
MOVE = """
    with two as (
        select a.id, a.pot_id
        from public.pots_audit as a
        where a.pot_id in (%(settled)s, %(open)s) and a.seq = 1
    ), off as (
        update public.pots_audit as a
        set id = -a.id
        from two as t
        where a.id = t.id
        returning a.id
    )
    select count(*) from off
"""
SWAP_CONTENTS = """
    with two as (
        select * from public.pots_audit where pot_id = %(settled)s and seq in (2, 3)
    )
    update public.pots_audit as a
    set action = t.action, actor_id = t.actor_id, reason = t.reason, metadata = t.metadata,
        created_at = t.created_at, payload = t.payload
    from two as t
    where a.pot_id = t.pot_id and a.seq in (2, 3) and a.id <> t.id
"""
INSERT = """
    insert into public.pots_audit
    select (a).*
    from (
        select jsonb_populate_record(
            a, jsonb_build_object(
                'id', -1, 'row_hash', repeat('ab', 32), 'created_at', '2020-01-01T00:00:00Z'
            )
        ) as a
        from public.pots_audit as a
        where a.pot_id = %(settled)s and a.seq = 1
    ) as r
"""


class Tamper(NamedTuple):
    """One thing done to the log, and what names it: by the database alone, file, copy."""

    statement: str
    alone: set[str]
    file: set[str]
    copy: set[str]


# What is expected of each is exactly the kinds that are named, so that none is named by accident.
# The root of the database's own checkpoint differs too: "forked" beside what was done to a row.
IN_HASTE: dict[str, Tamper] = {
    "edit a payload": Tamper(
        EDIT, {"edited", "forked"}, {"edited", "forked"}, {"edited", "forked"}
    ),
    "edit a column": Tamper(EDIT_COLUMN, {"edited"}, {"edited"}, {"edited"}),
    "edit a time": Tamper(
        EDIT_TIME, {"edited", "forked"}, {"edited", "forked"}, {"edited", "forked"}
    ),
    "delete a row": Tamper(DELETE, {"deleted"}, {"deleted"}, {"deleted"}),
    "delete a leaf": Tamper(
        DELETE_LEAF, {"appended", "deleted"}, {"appended", "deleted"}, {"appended", "deleted"}
    ),
    "swap two rows": Tamper(
        SWAP, {"swapped", "forked"}, {"swapped", "forked"}, {"swapped", "forked"}
    ),
    "append a row": Tamper(APPEND, {"appended"}, {"appended"}, {"appended"}),
    "cut a chain": Tamper(
        CUT_CHAIN, {"deleted", "truncated"}, {"deleted", "truncated"}, {"deleted", "truncated"}
    ),
    "fork a chain": Tamper(FORK, {"edited", "forked"}, {"edited", "forked"}, {"edited", "forked"}),
    "a checkpoint of more": Tamper(LONGER, {"truncated"}, {"truncated"}, {"truncated"}),
}
WITH_CARE: dict[str, Tamper] = {
    "edit a payload": Tamper(EDIT, set(), {"forked"}, {"edited"}),
    "delete a row": Tamper(DELETE, set(), {"rolled back"}, {"deleted", "edited", "rolled back"}),
    "swap two rows": Tamper(SWAP_CONTENTS, set(), {"forked"}, {"edited"}),
    "move a row": Tamper(MOVE, set(), {"forked"}, {"swapped"}),
    "insert a row": Tamper(INSERT, set(), {"forked"}, {"edited", "inserted"}),
    "cut a chain": Tamper(CUT_CHAIN, set(), {"rolled back"}, {"deleted", "rolled back"}),
    "cut the log": Tamper(CUT_LOG, {"truncated"}, {"truncated"}, {"truncated"}),
    "fork a chain": Tamper(FORK, set(), {"forked"}, {"edited"}),
}


@dataclass(frozen=True)
class Kept:
    """A database that lived, what was published of it, and older and younger copies of it."""

    db: Database
    older: Database
    grown: Database
    directory: Path
    key: Secret
    pots: dict[str, str]

    @property
    def file(self) -> Path:
        return self.directory / "checkpoint.txt"

    @property
    def copy(self) -> Path:
        return self.directory / "copy"

    def verify(
        self, db: Database, *, file: bool = False, copy: bool = False, state: State | None = None
    ) -> Report:
        kept = outside([self.file] if file else [], [self.copy] if copy else [])
        return verify(db.url(), kept, state, [], lambda _done, _of: None)


_numbers = itertools.count(1)


def copied(db: Database) -> Database:
    """Another database with the same content, as a restored dump is."""
    name = f"{db.name}_copy_{next(_numbers)}"
    with psycopg.connect(db.cluster.admin_url(), autocommit=True) as conn:
        conn.execute(
            sql.SQL("create database {} template {} owner postgres").format(
                sql.Identifier(name), sql.Identifier(db.name)
            )
        )
    return Database(db.cluster, db.major, name)


@contextlib.contextmanager
def tampered(kept: Kept, statement: str, *, care: bool) -> Iterator[Database]:
    """A copy of the database in which that was done."""
    db = copied(kept.db)
    try:
        with db.admin() as conn:
            conn.execute(DISARM)
            done = conn.execute(statement.encode(), kept.pots)
            assert done.rowcount > 0
            if care:
                conn.execute(RECOMPUTE)
        yield db
    finally:
        discard(db)


def discard(db: Database) -> None:
    """Drop a copy."""
    with psycopg.connect(db.cluster.admin_url(), autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {}").format(sql.Identifier(db.name)))


def pots_of(lived: Lived) -> dict[str, str]:
    return {"settled": lived.settled, "open": lived.open}


@pytest.fixture(scope="module")
def kept(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    directory = tmp_path_factory.mktemp("outside")
    db = servers.create(Template(17))
    lived = live(db)
    lived.game.api.close()
    older = copied(db)
    with lived.game.api:
        lived.game.fill(lived.open, lived.game.users(2), (4, 4))
        for _ in range(3):
            lived.game.pot()
    key = new_secret()
    publishing = timer.Publishing(
        key,
        destinations=tuple(
            destination(f"{directory}/{name}") for name in ("checkpoint.txt", "copy/")
        ),
    )
    made = timer.checkpoint(login_url(db.url()), publishing)
    assert made.problems == ()
    assert made.checkpoint.size > 30
    grown = copied(db)
    yield Kept(db, older, grown, directory, key, pots_of(lived))
    for each in (db, older, grown):
        servers.drop(each)


def kinds(report: Report) -> set[str]:
    return {each.kind for each in report.findings}


def test_what_nobody_touched_is_sound(kept: Kept) -> None:
    report = kept.verify(kept.db, file=True, copy=True)
    assert report.findings == ()
    assert report.checkpoints == 2
    assert report.start == 0
    keys = [note.VerifierKey(report.origin, note.ED25519, signing.public_key(kept.key.reveal()))]
    found = outside([kept.file], [kept.copy])
    assert verify(kept.db.url(), found, None, keys, lambda _a, _b: None).sound


@pytest.mark.parametrize("name", IN_HASTE)
def test_what_was_done_in_haste_is_named(kept: Kept, name: str) -> None:
    with tampered(kept, IN_HASTE[name].statement, care=False) as db:
        assert named(kept, db) == IN_HASTE[name][1:]


def test_a_row_that_does_not_name_the_one_before_it_is_told_by_its_place(kept: Kept) -> None:
    with tampered(kept, UNLINK, care=False) as db:
        said = [(each.kind, each.problem) for each in kept.verify(db).findings]
    assert [kind for kind, problem in said if "does not name the row before it" in problem] == [
        "forked"
    ]


@pytest.mark.parametrize("name", WITH_CARE)
def test_what_was_done_with_all_hashes_made_anew_is_named_by_what_is_outside(
    kept: Kept, name: str
) -> None:
    with tampered(kept, WITH_CARE[name].statement, care=True) as db:
        assert named(kept, db) == WITH_CARE[name][1:]


def named(kept: Kept, db: Database) -> tuple[set[str], set[str], set[str]]:
    """What verification names by the database alone, by the file, and by the copy."""
    reports = [kept.verify(db), kept.verify(db, file=True), kept.verify(db, copy=True)]
    for each in reports:
        print(*each.findings, sep="\n")
    alone, file, copy = (kinds(each) for each in reports)
    return alone, file, copy


def test_an_older_copy_that_was_restored_is_told(kept: Kept) -> None:
    assert kinds(kept.verify(kept.older, file=True)) == {"rolled back"}
    assert kinds(kept.verify(kept.older, copy=True)) == {"rolled back"}
    # It goes on, and has more rows in the end than what it forgot.
    db = copied(kept.older)
    grow(db, 400)
    assert kept.verify(db).sound
    assert kinds(kept.verify(db, file=True)) == {"forked"}
    assert kinds(kept.verify(db, copy=True)) == {"forked"}
    discard(db)


def test_another_database_is_told(kept: Kept, servers: Servers) -> None:
    db = servers.create(Template(17))
    grow(db, 400)
    # Made from one template, the two have one origin; they are two histories all the same.
    assert kinds(kept.verify(db, file=True)) == {"forked"}
    assert kinds(kept.verify(db, copy=True)) == {"forked"}
    with db.connect() as conn:
        conn.execute("update private.settings set log_origin = 'another.example/log'")
    assert kinds(kept.verify(db, file=True)) == {"another log"}
    servers.drop(db)


def test_what_was_added_since_is_sound_and_costs_what_is_new(kept: Kept) -> None:
    before = kept.verify(kept.grown, file=True, copy=True)
    grow(kept.grown, 10)
    after = kept.verify(kept.grown, file=True, copy=True, state=before.state)
    assert after.findings == ()
    assert after.start == before.size
    assert after.size == before.size + 10
    whole = kept.verify(kept.grown, file=True, copy=True)
    assert (whole.start, whole.state) == (0, after.state)
    # No row of before is read: not even what is wrong with one.
    with kept.grown.admin() as conn:
        conn.execute(DISARM)
        conn.execute(EDIT.encode(), kept.pots)
    assert kept.verify(kept.grown, state=after.state).sound
    assert not kept.verify(kept.grown).sound
    # But a tree made anew is not what was verified.
    with kept.grown.admin() as conn:
        conn.execute(RECOMPUTE)
    assert kinds(kept.verify(kept.grown, state=after.state)) == {"forked"}
    assert kinds(kept.verify(kept.older, state=after.state)) == {"rolled back"}


def grow(db: Database, count: int) -> None:
    """Append rows to a pot's chain, and have the log take them."""
    with db.admin() as conn:
        if not conn.execute("select 1 from public.pots").fetchone():
            conn.execute(
                "insert into private.commitments (pot_id, commit_hash, created_at)"
                " values (gen_random_uuid(), repeat('ab', 32), now())"
            )
            conn.execute("select public.create_pot(1, 2, 1)")
        conn.execute(
            "select private.append_audit(p.id, 'claimed', null, '{}')"
            " from (select id from public.pots order by created_at limit 1) as p"
            " cross join generate_series(1, %s)",
            [count],
        )
        conn.execute("select private.sequence_log()")
