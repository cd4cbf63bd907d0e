-- What pairs of players are compared by since: how many pots opened in the same three hours, and
-- exactly how many tickets each bought. Suspicions are noted from 0.3 on.

alter type private.visit rename attribute hour_share to occasion_pots;
alter type private.visit add attribute tickets bigint;
alter type private.visit add attribute cap integer;
comment on type private.visit is
'An entry of a watched player: in this pot (0) or an earlier one (1 is the newest), with the '
'players of that pot, the three hours since 1970 it opened in and how many pots did (1 for this '
'pot), how many pots opened since the account was made, its place among the tickets (0 to 1), '
'the stake (1 one ticket, 2 under half of the cap, 3 under the cap, 4 the cap; 0 where it is one), '
'the hashes it came with, and the tickets of the player there and the cap.';

-- What compliance has set otherwise stays. A note holds nothing, so it may be as old as it was.
update private.flag_policies as p
set min_score = 0.3
where p.effect = 'note' and p.min_score = 0.5;
insert into private.flag_policies (kind, min_score, effect, updated_at)
values ('known_member', 0.5, 'note', clock_timestamp());
