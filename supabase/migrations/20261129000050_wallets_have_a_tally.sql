-- How much a player joined with of late, without reading every entry (docs/decisions/0245).
alter table private.wallets
add column tally_from timestamptz,
add column tally_joins bigint not null default 0,
add column tally_credits bigint not null default 0;
comment on column private.wallets.tally_from is
'Since when tally_joins and tally_credits have every join of the player: no limit that is above '
'them is reached. NULL until they were counted.';

alter type private.plain_join add attribute tally_from timestamptz;
alter type private.plain_join add attribute tally_joins bigint;
alter type private.plain_join add attribute tally_credits bigint;
