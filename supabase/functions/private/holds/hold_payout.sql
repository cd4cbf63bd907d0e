-- The other way out of an escrow: into the pot's hold account, where the prize waits for a review.
-- Locks: the caller holds the pot's row; no wallet.
-- Writes: accounts, a transfer `hold`.
create or replace function private.hold_payout(
    p_pot_id uuid, p_escrow_account bigint, p_credits bigint, p_at timestamptz
)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_account_id bigint;
begin
    insert into private.accounts (kind, pot_id, created_at)
    values ('hold', p_pot_id, p_at)
    returning id into v_account_id;
    return private.post_transfer(
        'hold', p_pot_id, null, p_escrow_account, v_account_id, p_credits, p_at
    );
end $$;

comment on function private.hold_payout(uuid, bigint, bigint, timestamptz) is
'Moves the prize from the pot''s escrow into a hold account of its own. Returns the transfer''s '
'id.';

revoke all on function private.hold_payout(uuid, bigint, bigint, timestamptz)
from public, anon, authenticated, service_role;
