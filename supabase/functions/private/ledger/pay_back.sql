-- Many payments to the players of a pot's entries out of one of its accounts, in few statements.
-- Locks: the caller holds the wallets.
-- Writes: transfers, ledger_entries, then wallets (whose trigger wants to see the entries first).
-- Raises: check_violation where an entry is none of the pot's.
create or replace function private.pay_back(
    p_kind text, p_pot_id uuid, p_from_account bigint,
    p_entry_ids uuid[], p_credits bigint[], p_at timestamptz
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_paid bigint;
begin
    with shares as materialized (
        select
            s.entry_id, s.credits, s.place, w.account_id,
            w.balance + sum(s.credits) over steps as balance,
            w.version + row_number() over steps as version -- noqa: RF04
        from unnest(p_entry_ids, p_credits) with ordinality as s (entry_id, credits, place)
        inner join public.pot_entries as e on s.entry_id = e.id and e.pot_id = p_pot_id
        inner join private.wallets as w on e.user_id = w.user_id
        window steps as (partition by w.user_id order by s.place)
    ),

    posted as (
        insert into private.transfers (kind, pot_id, entry_id, amount, created_at)
        select p_kind, p_pot_id, s.entry_id, s.credits, p_at
        from shares as s
        order by s.place
        returning id, entry_id
    ),

    booked as (
        insert into private.ledger_entries (
            transfer_id, account_id, amount, balance_after, version
        )
        select p.id, side.account_id, side.amount, side.balance, side.wallet_version
        from posted as p
        inner join shares as s on p.entry_id = s.entry_id
        cross join lateral (
            values
            (p_from_account, -s.credits, null::bigint, null::bigint),
            (s.account_id, s.credits, s.balance::bigint, s.version)
        ) as side (account_id, amount, balance, wallet_version)
        returning transfer_id
    )

    select count(*) / 2 into v_paid from booked as b;
    if v_paid <> cardinality(p_entry_ids) then
        raise check_violation using message = 'not every entry was paid back';
    end if;
    update private.wallets as w
    set balance = w.balance + s.credits, version = w.version + s.entries
    from (
        select e.user_id, sum(s.credits)::bigint as credits, count(*) as entries
        from unnest(p_entry_ids, p_credits) as s (entry_id, credits)
        inner join public.pot_entries as e on s.entry_id = e.id
        group by e.user_id
    ) as s
    where w.user_id = s.user_id;
end $$;

comment on function private.pay_back(text, uuid, bigint, uuid[], bigint[], timestamptz) is
'Moves p_credits[n] out of p_from_account to the wallet of who has entry p_entry_ids[n], for each '
'n: a transfer of p_kind with two entries that sum to zero, in the order given, and each wallet''s '
'new balance.';

revoke all on function private.pay_back(text, uuid, bigint, uuid[], bigint[], timestamptz)
from public, anon, authenticated, service_role;
