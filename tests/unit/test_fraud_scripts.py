"""The traffic: the same for the same seed, and every crowd and ring is what its name says."""

import ipaddress
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fraud import Wanted, write_script
from pypot_cli.fraud.script import Account, Script, Wish

WORLDS = ("usual", "other", "wild", "foreign")
SEED = "of the tests"


@cache
def script(world: str, seed: str = SEED, **wanted: object) -> Script:
    """A script of a small world, half of whose players attack, so that there are rings to see."""
    asked = {"players": 400, "pots": 60, "attackers": 0.5, "days": 3.0, **wanted}
    return write_script(Wanted(world=world, seed=seed, **asked))  # type: ignore[arg-type]


@dataclass
class Seen:
    """Where the accounts of one ring or crowd came from: joins by account."""

    accounts: list[Account]
    wishes: list[Wish]

    def of(self, read: Callable[[Wish], str | None]) -> dict[UUID, set[str | None]]:
        """What each account was seen with."""
        found: dict[UUID, set[str | None]] = defaultdict(set)
        for wish in self.wishes:
            found[wish.user_id].add(read(wish))
        return found

    def shared(self, read: Callable[[Wish], str | None]) -> int:
        """How many accounts the most common of these was seen with."""
        users: dict[str, set[UUID]] = defaultdict(set)
        for wish in self.wishes:
            if (value := read(wish)) is not None:
                users[value].add(wish.user_id)
        return max((len(each) for each in users.values()), default=0)


def address(wish: Wish) -> str:
    """The address, of an IPv6 one its /64."""
    given = ipaddress.ip_address(wish.origin.address)
    return str(given if given.version == 4 else ipaddress.ip_network(f"{given}/64", strict=False))


def device(wish: Wish) -> str | None:
    return wish.origin.device


def rings(of: Script, strategy: str) -> list[Seen]:
    """The rings of a strategy that joined at all."""
    names = {each.ring for each in of.accounts if each.kind == strategy}
    made = []
    for name in sorted(names):
        accounts = [each for each in of.accounts if each.ring == name]
        ids = {each.user_id for each in accounts}
        wishes = [wish for wish in of.wishes if wish.user_id in ids]
        if len({wish.user_id for wish in wishes}) > 1:
            made.append(Seen(accounts, wishes))
    assert made
    return made


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_seed_is_the_same_script_and_another_is_another(world: str) -> None:
    again = write_script(Wanted(400, 60, 0.5, world, seed=SEED, days=3.0))
    assert again.accounts == script(world).accounts
    assert again.pots == script(world).pots
    assert again.wishes == script(world).wishes
    assert script(world, "another").wishes != again.wishes


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("players", "pots", "rate"), [(400, 60, 0.5), (1000, 100, 0.05)])
def test_there_are_as_many_as_was_asked_for(
    world: str, players: int, pots: int, rate: float
) -> None:
    made = script(world, players=players, pots=pots, attackers=rate)
    assert len(made.accounts) == pytest.approx(players, rel=0.05)
    assert len(made.pots) == pytest.approx(pots, abs=max(2, pots * 0.1))
    attackers = sum(not each.is_honest for each in made.accounts)
    # One ring of each strategy there is in any case.
    assert attackers == pytest.approx(players * rate, rel=0.15, abs=30)
    assert len({each.user_id for each in made.accounts}) == len(made.accounts)


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_attacks_at_rate_0(world: str) -> None:
    made = script(world, attackers=0.0)
    assert all(each.is_honest for each in made.accounts)
    assert made.wishes


@pytest.mark.parametrize("world", WORLDS)
def test_only_strategies_that_were_asked_for_attack(world: str) -> None:
    name = {"usual": "paired", "other": "mules", "wild": "partners", "foreign": "late_pair"}[world]
    made = script(world, strategies=(name,))
    assert {each.kind for each in made.accounts if not each.is_honest} == {name}


def test_an_unknown_strategy_is_named_with_those_there_are() -> None:
    with pytest.raises(UnreadableInputError, match=r"world other: paired; there are vpn_hybrid, "):
        write_script(Wanted(100, 10, 0.1, "other", strategies=("paired",)))


@pytest.mark.parametrize("world", WORLDS)
def test_every_wish_can_be_granted(world: str) -> None:
    made = script(world)
    pots = {pot.pot_id: pot for pot in made.pots}
    sold: Counter[UUID] = Counter()
    held: Counter[tuple[UUID, UUID]] = Counter()
    assert made.wishes == sorted(made.wishes, key=lambda wish: wish.at)
    for wish in made.wishes:
        pot = pots[wish.pot_id]
        sold[wish.pot_id] += wish.tickets
        held[wish.pot_id, wish.user_id] += wish.tickets
        assert wish.tickets > 0
        assert pot.opens_at < wish.at < pot.locks_at
        assert wish.at > made.account(wish.user_id).created_at
    assert all(sold[pot_id] <= pots[pot_id].max_tickets for pot_id in sold)
    assert all(tickets <= pots[pot_id].max_per_user for (pot_id, _), tickets in held.items())


@pytest.mark.parametrize("world", WORLDS)
def test_addresses_are_public_ones(world: str) -> None:
    for wish in script(world).wishes:
        assert ipaddress.ip_address(wish.origin.address).is_global, wish.origin.address


def test_what_the_truth_is_stands_in_no_header() -> None:
    names = {name for wish in script("usual").wishes for name in wish.origin.headers()}
    assert names == {"cf-connecting-ip", "cf-ipcountry", "x-device-id"}


# ------------------------------------------------------------------------ rings of the usual world


def test_an_ip_ring_shares_addresses_and_no_device() -> None:
    for ring in rings(script("usual"), "ip_ring"):
        assert ring.shared(address) >= len(ring.of(address)) / 2
        assert ring.shared(device) == 1


def test_a_device_ring_shares_devices() -> None:
    for ring in rings(script("usual"), "device_ring"):
        assert ring.shared(device) >= len(ring.of(device)) / 2


def test_rotating_ips_are_one_device_at_many_addresses() -> None:
    for ring in rings(script("usual"), "rotating_ips"):
        assert len({device(wish) for wish in ring.wishes}) == 1
    many = max(rings(script("usual"), "rotating_ips"), key=lambda ring: len(ring.wishes))
    assert len({address(wish) for wish in many.wishes}) > 3


def test_rotating_devices_are_one_address_with_a_new_device_each_time() -> None:
    for ring in rings(script("usual"), "rotating_devices"):
        assert len({address(wish) for wish in ring.wishes}) == 1
        given = [device(wish) for wish in ring.wishes if device(wish) is not None]
        assert len(set(given)) == len(given)


def test_pairs_have_nothing_in_common_but_their_pots() -> None:
    for ring in rings(script("usual"), "paired"):
        assert ring.shared(address) == 1
        assert ring.shared(device) == 1
    together = 0
    for ring in rings(script("usual"), "paired"):
        pots = Counter(pot for _, pot in {(wish.user_id, wish.pot_id) for wish in ring.wishes})
        together += sum(count > 1 for count in pots.values())
    assert together > 3


def test_a_slow_drip_takes_its_time() -> None:
    def gaps(strategy: str) -> list[float]:
        found = []
        for ring in rings(script("usual"), strategy):
            by_pot: dict[UUID, list[float]] = defaultdict(list)
            for wish in ring.wishes:
                by_pot[wish.pot_id].append(wish.at)
            for times in by_pot.values():
                found += [after - before for before, after in itertools.pairwise(times)]
        return sorted(found)

    slow, quick = gaps("slow_drip"), gaps("rotating_devices")
    assert slow[len(slow) // 2] > 2 * quick[len(quick) // 2]


def test_cap_splitters_buy_nearly_the_cap_with_each_account() -> None:
    made = script("usual")
    caps = {pot.pot_id: pot.max_per_user for pot in made.pots}
    shares = [
        wish.tickets / caps[wish.pot_id]
        for ring in rings(made, "cap_splitter")
        for wish in ring.wishes
    ]
    assert sum(shares) / len(shares) > 0.6


def test_a_mixture_is_tied_by_an_address_and_by_a_device() -> None:
    tied = [
        (ring.shared(address), ring.shared(device)) for ring in rings(script("usual"), "mixture")
    ]
    assert all(max(both) > 1 for both in tied)
    assert any(by_address > 1 and by_device > 1 for by_address, by_device in tied)


# ------------------------------------------------------------------------ rings of the other world


def test_vpn_hybrids_share_exits_with_honest_people() -> None:
    made = script("other", players=1000, pots=100, attackers=0.1)
    honest = {address(w) for w in made.wishes if made.account(w.user_id).is_honest}
    met = [
        any(address(wish) in honest for wish in ring.wishes) for ring in rings(made, "vpn_hybrid")
    ]
    assert any(met)


def test_a_staggered_ring_sends_others_each_day_with_what_others_used() -> None:
    ring = max(rings(script("other"), "staggered"), key=lambda each: len(each.wishes))
    by_day: dict[int, set[UUID]] = defaultdict(set)
    for wish in ring.wishes:
        by_day[int(wish.at // 86_400)].add(wish.user_id)
    assert len(set(map(frozenset, by_day.values()))) == len(by_day) > 1
    assert ring.shared(device) > 1


def test_mules_share_no_device_and_buy_alike() -> None:
    for ring in rings(script("other"), "mules"):
        assert ring.shared(device) == 1
    by_pot: dict[UUID, set[int]] = defaultdict(set)
    wishes = rings(script("other"), "mules")[0].wishes
    for wish in wishes:
        by_pot[wish.pot_id].add(wish.tickets)
    assert sum(len(each) == 1 for each in by_pot.values()) > len(by_pot) / 2


def test_a_device_farm_has_few_addresses_and_a_device_an_account() -> None:
    for ring in rings(script("other"), "device_farm"):
        assert len({address(wish) for wish in ring.wishes}) <= 3
        assert ring.shared(device) == 1


def test_a_relay_is_one_phone_or_two() -> None:
    for ring in rings(script("other"), "relay"):
        assert len({device(wish) for wish in ring.wishes}) <= 2


def test_a_late_swarm_comes_when_most_tickets_are_sold() -> None:
    made = script("other", players=1000, pots=100, attackers=0.1)
    swarm = {wish.at for ring in rings(made, "late_swarm") for wish in ring.wishes}
    places = []
    by_pot: dict[UUID, list[Wish]] = defaultdict(list)
    for wish in made.wishes:
        by_pot[wish.pot_id].append(wish)
    for wishes in by_pot.values():
        places += [n / len(wishes) for n, wish in enumerate(wishes) if wish.at in swarm]
    assert sum(places) / len(places) > 0.55


# ------------------------------------------------------------------------- rings of the wild world


def share_of(of: Script, ring: Seen) -> list[float]:
    """What a ring bought together, in caps, of each pot with two of it or more."""
    caps = {pot.pot_id: pot.max_per_user for pot in of.pots}
    bought: Counter[UUID] = Counter()
    came: dict[UUID, set[UUID]] = defaultdict(set)
    for wish in ring.wishes:
        bought[wish.pot_id] += wish.tickets
        came[wish.pot_id].add(wish.user_id)
    return [bought[pot] / caps[pot] for pot, users in came.items() if len(users) > 1]


def test_wild_pots_are_of_both_draws_and_of_many_shapes() -> None:
    pots = script("wild", players=1000, pots=300, attackers=0.0).pots
    assert all(sum(pot.draw_version == draw for pot in pots) > 60 for draw in (1, 2))
    assert min(pot.max_tickets for pot in pots) < 15 < 150 < max(pot.max_tickets for pot in pots)
    caps = sorted(pot.max_per_user / pot.max_tickets for pot in pots)
    assert caps[15] < 0.08 < 0.2 < caps[-15]


def test_wild_rings_get_more_than_the_cap_of_one() -> None:
    made = script("wild")
    for strategy in {each.kind for each in made.accounts if not each.is_honest} - {"drip"}:
        shares = [share for ring in rings(made, strategy) for share in share_of(made, ring)]
        assert max(shares) > 1, strategy


def test_a_home_has_one_address_and_a_device_an_account() -> None:
    for ring in rings(script("wild"), "home_multi"):
        assert ring.shared(address) >= len(ring.of(address)) - 1 > 0
        assert ring.shared(device) == 1


def test_a_handset_is_handed_round() -> None:
    for ring in rings(script("wild"), "shared_handset"):
        assert len({device(wish) for wish in ring.wishes}) <= 2
        assert ring.shared(device) > 1


def test_a_hopper_has_one_device_and_never_the_same_address() -> None:
    for ring in rings(script("wild"), "proxy_hopper"):
        assert len({device(wish) for wish in ring.wishes}) == 1
        assert len({address(wish) for wish in ring.wishes}) == len(ring.wishes)


def test_a_swapper_has_one_address_and_never_the_same_device() -> None:
    for ring in rings(script("wild"), "profile_swapper"):
        assert len({address(wish) for wish in ring.wishes}) == 1
        assert ring.shared(device) <= 1


def test_partners_and_hired_hands_share_no_device() -> None:
    for strategy in ("partners", "hired_hands"):
        for ring in rings(script("wild"), strategy):
            assert ring.shared(device) == 1


def test_a_drip_is_slower_than_a_farm() -> None:
    def typical(strategy: str) -> float:
        gaps = []
        for ring in rings(script("wild"), strategy):
            by_pot: dict[UUID, list[float]] = defaultdict(list)
            for wish in ring.wishes:
                by_pot[wish.pot_id].append(wish.at)
            for times in by_pot.values():
                gaps += [after - before for before, after in itertools.pairwise(times)]
        return sorted(gaps)[len(gaps) // 2]

    assert typical("drip") > 3 * typical("emulator_farm")


def test_a_farm_is_many_devices_behind_few_addresses() -> None:
    for ring in rings(script("wild"), "emulator_farm"):
        assert len({address(wish) for wish in ring.wishes}) <= 3
        assert ring.shared(device) == 1


def test_a_pool_of_proxies_is_smaller_than_was_promised() -> None:
    made = rings(script("wild"), "proxy_pool")
    assert all(ring.shared(device) == 1 for ring in made)
    assert max(ring.shared(address) for ring in made) > 1


def test_an_insider_computes_the_last_join_of_pots_of_draw_1_only() -> None:
    made = script("wild", players=1000, pots=300, attackers=0.1)
    pots = {pot.pot_id: pot for pot in made.pots}
    computed = [wish for wish in made.wishes if wish.computed]
    assert computed
    for wish in computed:
        assert made.account(wish.user_id).kind == "insider"
        assert pots[wish.pot_id].draw_version == 1
        assert 1 < pots[wish.pot_id].locks_at - wish.at < 6


# ---------------------------------------------------------------------- rings of the foreign world


def test_what_a_foreign_ring_shares_is_what_its_name_says() -> None:
    made = script("foreign")
    for strategy in ("antidetect", "late_pair"):
        for ring in rings(made, strategy):
            assert ring.shared(device) == 1
            assert ring.shared(address) == 1
    for ring in rings(made, "night_shift"):
        assert len({device(wish) for wish in ring.wishes}) <= 3
    assert all(ring.shared(device) == 1 for ring in rings(made, "syndicate"))
    assert max(ring.shared(address) for ring in rings(made, "syndicate")) > 2
    assert max(ring.shared(address) for ring in rings(made, "phone_shelf")) > 4


def test_a_whale_that_is_split_buys_more_than_the_cap_of_one() -> None:
    made = script("foreign", attackers=0.2)
    shares = [s for ring in rings(made, "whale_split") for s in share_of(made, ring)]
    assert max(shares) > 1.2


# ----------------------------------------------------------------------------------------- crowds


def crowd(of: Script, kind: str) -> Seen:
    accounts = [each for each in of.accounts if each.kind == kind]
    ids = {each.user_id for each in accounts}
    return Seen(accounts, [wish for wish in of.wishes if wish.user_id in ids])


def test_many_honest_people_share_an_address() -> None:
    made = script("usual", players=1000, pots=100, attackers=0.05)
    assert crowd(made, "office").shared(address) >= 20
    assert crowd(made, "mobile").shared(address) >= 20
    assert crowd(made, "household").shared(address) >= 3
    other = script("other", players=1000, pots=100, attackers=0.05)
    assert crowd(other, "dormitory").shared(address) >= 15
    assert crowd(other, "lan_party").shared(address) >= 8
    wild = script("wild", players=1000, pots=300, attackers=0.05)
    assert crowd(wild, "dormitory").shared(address) >= 8
    assert crowd(wild, "cafe").shared(address) >= 5
    assert crowd(wild, "carrier").shared(address) >= 5
    assert crowd(wild, "colleague").shared(address) >= 4


def test_some_honest_people_share_a_device_and_some_have_a_new_one_each_time() -> None:
    made = script("usual", players=1000, pots=100, attackers=0.05)
    assert crowd(made, "household").shared(device) >= 2
    private = crowd(made, "private_window")
    assert max(map(len, private.of(device).values())) > 2
    changed = crowd(made, "new_phone").of(device).values()
    assert max(map(len, changed)) >= 2
    wild = script("wild", players=1000, pots=300, attackers=0.05)
    assert crowd(wild, "family_tablet").shared(device) >= 2
    assert crowd(wild, "cafe").shared(device) >= 3
    assert max(map(len, crowd(wild, "private_browser").of(device).values())) > 2
    assert max(map(len, crowd(wild, "traveller").of(address).values())) > 2


def test_foreign_crowds_share_machines_exits_and_the_minute_of_their_sign_up() -> None:
    made = script("foreign", players=1000, pots=100, attackers=0.05)
    assert crowd(made, "library").shared(device) >= 5
    assert crowd(made, "relay").shared(address) >= 3
    assert crowd(made, "hostel").shared(address) >= 8
    born = sorted(each.created_at for each in crowd(made, "reader").accounts)
    assert sum(after - before < 300 for before, after in itertools.pairwise(born)) > 5


@pytest.mark.parametrize("world", ["usual", "wild"])
def test_fans_come_within_seconds_of_each_other(world: str) -> None:
    made = script(world, players=1000, pots=100, attackers=0.05)
    times: dict[UUID, list[float]] = defaultdict(list)
    for wish in crowd(made, "fans").wishes:
        times[wish.pot_id].append(wish.at)
    most = max(sum(start <= at <= start + 60 for at in of) for of in times.values() for start in of)
    assert most >= 6


@pytest.mark.parametrize("world", ["usual", "wild"])
def test_whales_buy_the_cap_and_newcomers_are_new(world: str) -> None:
    made = script(world, players=1000, pots=100, attackers=0.05)
    caps = {pot.pot_id: pot.max_per_user for pot in made.pots}
    whales = crowd(made, "whale").wishes
    assert sum(wish.tickets == caps[wish.pot_id] for wish in whales) > len(whales) / 2
    first: dict[UUID, float] = {}
    for wish in crowd(made, "newcomer").wishes:
        first.setdefault(wish.user_id, wish.at)
    ages = sorted(at - made.account(user).created_at for user, at in first.items())
    assert ages[len(ages) // 2] < 86_400


def test_night_owls_meet_each_other_again_and_again() -> None:
    made = script("wild", players=1000, pots=200, attackers=0.0)
    owls: dict[UUID, set[UUID]] = defaultdict(set)
    for wish in crowd(made, "night_owl").wishes:
        owls[wish.user_id].add(wish.pot_id)
    met = [len(one & other) for one, other in itertools.combinations(owls.values(), 2)]
    assert max(met) >= 3
