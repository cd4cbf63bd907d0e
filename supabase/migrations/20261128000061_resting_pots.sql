-- What run_due looks at grows with the pots in which something happens, not with those that are
-- open (decision 0220).

alter table private.lobby_pulses add column rests boolean not null default false;
comment on column private.lobby_pulses.rests is
'Nothing happens in the pot: run_due has told all of it and found it not full, and does not look '
'again until the pot''s deadline, its next pulse, or the look at all that comes every minute.';
create index lobby_pulses_awake_idx on private.lobby_pulses (pot_id) where not rests;

alter table private.watch_marks add column pots_looked_at timestamptz not null default '-infinity';
comment on column private.watch_marks.pots_looked_at is
'When run_due last ended a look at all open pots, the resting ones as well.';
