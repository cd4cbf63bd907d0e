-- Local data for `supabase db reset`: none. A pot needs a commitment whose seed only the settlement
-- signer knows, so `pypot seeds mint` makes the stock and `pypot demo` the players.
select 'nothing to seed' as seed;
