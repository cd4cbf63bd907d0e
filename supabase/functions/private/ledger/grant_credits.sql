-- The only way credits enter: from issuance to a player's wallet.
-- Guards: arguments; the user exists and was not erased, or the key repeats a call; the key was not
-- used for anything else; the new balance fits in 2^53-1.
-- Locks, in order: the pseudonyms of caller and player when they are new; the wallet.
-- Writes: transfer, idempotency key, event credits_granted; balance to the wallet's topic.
-- Raises: invalid_argument, idempotency_key_reused.
create or replace function private.grant_credits(
    p_user_id uuid, p_amount bigint, p_reason text, p_idempotency_key text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_wallet private.wallets;
    v_request jsonb := jsonb_build_object(
        'user_id', p_user_id, 'amount', p_amount, 'reason', p_reason
    );
    v_result jsonb;
    v_transfer_id bigint;
    v_at timestamptz;
    v_actor uuid;
    v_player uuid;
begin
    perform private.require_given('user_id', p_user_id::text);
    perform private.require_range('amount', p_amount, 1, 9007199254740991);
    perform private.require_text('reason', p_reason, 500);
    if p_idempotency_key is not null then
        perform private.require_text('idempotency_key', p_idempotency_key, 255);
    end if;
    if not exists (select from auth.users as u where u.id = p_user_id)
        or private.is_erased(p_user_id)
    then
        -- What was granted to a player who has left since is still answered.
        v_result := private.replayed('grant_credits', p_idempotency_key, v_request);
        if v_result is not null then
            return v_result;
        end if;
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'user_id', 'expected', 'an existing user'
        ));
    end if;

    -- Before the wallet, as in the lock order: the first act of a caller writes a row. So does the
    -- first grant to a player, whose joins then find it; in order, as two may grant to each other.
    if p_user_id::text < private.caller_subject() then
        perform private.pseudonym_of(p_user_id::text);
    end if;
    v_actor := private.actor_pseudonym();
    v_player := private.pseudonym_of(p_user_id::text);
    v_wallet := private.open_wallet(p_user_id);
    v_result := private.replayed('grant_credits', p_idempotency_key, v_request);
    if v_result is not null then
        return v_result;
    end if;
    -- While this call waited for the wallet.
    if private.is_erased(p_user_id) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'user_id', 'expected', 'an existing user'
        ));
    end if;
    if v_wallet.balance > 9007199254740991 - p_amount then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'amount',
            'expected', format('at most %s', 9007199254740991 - v_wallet.balance)
        ));
    end if;

    v_at := private.now();
    v_transfer_id := private.post_transfer(
        'grant', null, null,
        (select a.id from private.accounts as a where a.kind = 'issuance'),
        v_wallet.account_id, p_amount, v_at, p_reason, v_actor
    );
    v_result := jsonb_build_object(
        'transfer_id', v_transfer_id,
        'user_id', p_user_id,
        'amount', p_amount,
        'balance', v_wallet.balance + p_amount,
        'version', v_wallet.version + 1
    );
    perform private.remember('grant_credits', p_idempotency_key, v_request, v_result);
    perform private.log_event('credits_granted', null, jsonb_build_object(
        'transfer_id', v_transfer_id, 'player', v_player, 'amount', p_amount
    ));
    perform private.announce_wallet(p_user_id, null);
    return v_result;
end $$;

comment on function private.grant_credits(uuid, bigint, text, text) is
'Definer half of public.grant_credits.';

revoke all on function private.grant_credits(uuid, bigint, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.grant_credits(uuid, bigint, text, text)
to pot_treasury, service_role;
