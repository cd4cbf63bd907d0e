"""A sample of mutants dies in every run, and one that nobody looks at is named."""

import random
from collections.abc import Iterator

import pytest

from tests.assurance.mutants import CATALOGUE, Mutant, Suite, killer, mutants, survivors, waivers
from tests.support.database import Database
from tests.support.servers import Servers

# By name, since a sample of functions takes minutes: each a guard that pgTAP sees go.
OF_FUNCTIONS = (
    "comparison private.list_alerts #1",
    "comparison private.require_text #1",
)


@pytest.fixture
def everything(db: Database) -> Iterator[list[Mutant]]:
    with db.admin() as conn:
        yield mutants(conn)


def test_a_sample_of_the_catalogue_is_noticed(
    servers: Servers, db: Database, everything: list[Mutant]
) -> None:
    chance = random.Random(8)
    sample = [
        mutant
        for kind in CATALOGUE
        for mutant in chance.sample([each for each in everything if each.kind == kind], 2)
    ]
    with db.admin() as conn:
        lives = [m.id for m, it_lives in survivors(servers, sample, conn, Suite(conn)) if it_lives]
    assert lives == []


@pytest.mark.parametrize("name", OF_FUNCTIONS)
def test_a_mutated_function_is_noticed(
    servers: Servers, db: Database, everything: list[Mutant], name: str
) -> None:
    (mutant,) = (each for each in everything if each.id == name)
    with db.admin() as conn:
        suite = Suite(conn)
    assert killer(servers, suite, mutant) is not None


def test_what_nobody_looks_at_lives_and_is_named(servers: Servers, db: Database) -> None:
    harmless = Mutant("comparison", "private.join_pot", "comment on schema private is 'ours'")
    with db.admin() as conn:
        suite = Suite(conn)
        suite.files = lambda mutant, nearest=suite.files: nearest(mutant)[:2]  # type: ignore
        ((mutant, lives),) = survivors(servers, [harmless], conn, suite)
    assert (mutant, lives) == (harmless, True)


def test_the_mutants_are_of_every_kind_and_named_once(everything: list[Mutant]) -> None:
    kinds = {each.kind for each in everything}
    assert kinds == {*CATALOGUE, "lock", "refusal", "comparison"}
    names = [each.id for each in everything]
    assert len(names) == len(set(names))
    assert len(names) > 2000
    assert set(waivers()) <= set(names)
