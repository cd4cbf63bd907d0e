-- From a player's account to a pot's: those of pots have the first numbers.
\set account :pots + :player
select to_jsonb(t) as answer from bench.create_transfer(:account, :pot, 1) as t;
