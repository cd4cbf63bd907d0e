-- Begins the tally of a wallet anew (docs/decisions/0246).
-- Locks: the caller holds the wallet, so no join of this player is under way.
create or replace function private.counted_tally(p_wallet private.wallets, p_at timestamptz)
returns private.wallets
language plpgsql
stable
set search_path = ''
as $$
begin
    -- Hours, since a day is as long as the time zone says that a caller chooses.
    p_wallet.tally_from := p_at - interval '24 hours';
    -- Entries that were taken back count: a limit of speed is about acts.
    select count(*), coalesce(sum(e.credits_spent), 0)
    into strict p_wallet.tally_joins, p_wallet.tally_credits
    from public.pot_entries as e
    where e.user_id = p_wallet.user_id and e.created_at > p_wallet.tally_from;
    return p_wallet;
end $$;

comment on function private.counted_tally(private.wallets, timestamptz) is
'The wallet with a tally of the joins and credits of the day before p_at, which are counted.';

revoke all on function private.counted_tally(private.wallets, timestamptz)
from public, anon, authenticated, service_role;
