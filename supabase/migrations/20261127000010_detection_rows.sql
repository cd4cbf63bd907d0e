-- What the steps of detection hand to each other (docs/collusion.md).

create type private.seat as (
    player integer,
    user_id uuid,
    entry_id uuid,
    tickets bigint,
    is_watched boolean,
    age double precision,
    newness double precision,
    is_capped boolean
);
comment on type private.seat is
'A player of the pot that is looked at: number by first entry, first entry, tickets, whether its '
'history is read, seconds since the account was made, the part of the watched that is newer, and '
'whether it buys to the cap most of the time.';

create type private.visit as (
    player integer,
    pot integer,
    players double precision,
    occasion integer,
    hour_share double precision,
    pots_since integer,
    first_place double precision,
    last_place double precision,
    stake integer,
    device text,
    address text
);
comment on type private.visit is
'An entry of a watched player: in this pot (0) or an earlier one (1 is the newest), with the '
'players of that pot, the three hours since 1970 it opened in and the share of all pots that '
'opened at that time of day, how many pots opened since the account was made, its place among '
'the tickets (0 to 1), the stake (1 one ticket, 2 under half of the cap, 3 under the cap, 4 the '
'cap; 0 where the cap is one), and the hashes it came with.';

create type private.trait as (
    number integer,
    link text,
    label text,
    accounts integer,
    player integer,
    is_here boolean,
    ties boolean
);
comment on type private.trait is
'A player and a device or an address that others of the pot were seen with too: its number, a '
'label of this pot only, accounts ever seen with it, whether the player had it in this pot, and '
'whether it ties the player to the others.';

create type private.suspect as (
    number integer,
    link text,
    label text,
    accounts integer,
    is_devices boolean,
    has_devices boolean,
    player integer
);
comment on type private.suspect is
'A member of a group that is judged for what it shares: the group''s number, its tie and label, '
'accounts ever seen with that, whether devices alone or among others tie it, and the player.';

create type private.pair as (
    i integer,
    j integer,
    together integer,
    independent double precision,
    fewer integer,
    expected double precision,
    nearness double precision,
    w_strangers double precision,
    w_friends double precision,
    w_stakes double precision
);
comment on type private.pair is
'Two players and their pots, this one included: how many together, as how many that counts (those '
'of one sitting are alike), how many the rarer of them played, how many together by chance, '
'Fisher''s sum of how near they were, and log odds for one person over strangers and '
'over friends of how closely they followed, and of their stakes.';
