-- The policies that the suspicion carried on from earlier pots starts with.
insert into private.flag_policies (kind, min_score, effect, updated_at)
values
('earlier_suspicion', 0.5, 'note', clock_timestamp()),
('earlier_suspicion', 0.8, 'hold', clock_timestamp());
