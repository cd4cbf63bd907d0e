-- Forgets a person and leaves a pseudonym: what ties user_id to somebody goes, what ledger, chains
-- and proofs are made of stays (docs/privacy.md). The row of auth.users is Supabase's to delete.
--
-- Guards, in order: arguments; login; another person than the caller; the player is known; erased
-- by the same caller (the first result); not erased; nothing stands in the way
-- (private.erasure_obstacle).
-- Locks, in order: the caller's pseudonym; the player's advisory lock (private.hold_player); the
-- player's wallet, so that a join is before or after.
-- Writes: erasures; pot_entries (where they came from, to NULL); idempotency_keys of joins;
-- evidence of flags; play_limits; player_handles; guard_rails of the player; staff; officers;
-- cheers; exclusion_marks; alerts (ack_reason, of those that name the player); actors (subject, to
-- NULL); metric_players; event player_erased; the alert erasure_requested.
-- Raises: invalid_argument, login_required, not_allowed, wrong_state, busy (a transaction of one
-- snapshot).
create or replace function private.erase_player(
    p_user_id uuid, p_reason text, p_forfeit boolean
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_erasure private.erasures;
    v_wallet private.wallets;
    v_actor uuid;
    v_obstacle jsonb;
    v_at timestamptz;
    v_entries bigint;
    v_keys bigint;
    v_flags bigint;
    v_excluded_until timestamptz;
    v_counts jsonb;
    v_result jsonb;
begin
    perform private.require_given('user_id', p_user_id::text);
    perform private.require_reason(p_reason);
    perform private.require_given('forfeit', p_forfeit::text);
    perform private.require_person();
    perform private.require_read_committed();
    -- A pseudonym that its own person may drop is no second pair of eyes.
    if p_user_id = private.caller_sub() then
        perform private.fail('not_allowed', '{"reason": "oneself"}');
    end if;
    if not exists (select from auth.users as u where u.id = p_user_id)
        and not exists (select from private.wallets as w where w.user_id = p_user_id)
        and not exists (select from private.actors as a where a.subject = p_user_id::text)
        and not exists (select from private.erasures as e where e.user_id = p_user_id)
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'user_id', 'expected', 'a player'
        ));
    end if;
    v_actor := private.actor_pseudonym();
    perform pg_advisory_xact_lock(private.player_key(p_user_id));
    v_wallet := private.lock_wallet(p_user_id);
    select * into v_erasure from private.erasures as e where e.user_id = p_user_id for update;
    if v_erasure.erased_by = v_actor then
        return v_erasure.result;
    elsif v_erasure.erased_at is not null then
        perform private.fail('wrong_state', '{"reason": "erased"}');
    end if;
    v_obstacle := private.erasure_obstacle(p_user_id, p_forfeit, false);
    if v_obstacle is not null then
        perform private.fail('wrong_state', v_obstacle);
    end if;

    v_at := private.now();
    -- Counted first: the record is written once and whole.
    select count(*) into v_entries
    from public.pot_entries as e
    where e.user_id = p_user_id and e is distinct from private.forgotten_entry(e);
    select count(*) into v_keys
    from private.idempotency_keys as k
    where k.operation = 'join_pot' and k.subject = p_user_id::text;
    select count(*) into v_flags
    from private.flags as f
    where f.user_id = p_user_id and f.evidence <> '{"forgotten": true}';
    select max(b.ends_at) into v_excluded_until
    from private.play_breaks as b
    where b.user_id = p_user_id and b.kind = 'self_excluded' and b.ends_at > v_at;
    v_counts := jsonb_build_object(
        'entries', v_entries,
        'keys', v_keys,
        'flags', v_flags,
        'credits_left', coalesce(v_wallet.balance, 0)
    );
    v_result := v_counts || jsonb_build_object(
        'user_id', p_user_id,
        'erased_at', private.json_time(v_at),
        'self_excluded_until', private.json_time(v_excluded_until),
        'login_remains', exists (select from auth.users as u where u.id = p_user_id)
    );
    insert into private.erasures (user_id, erased_at, erased_by, reason, result)
    values (p_user_id, v_at, v_actor, p_reason, v_result)
    on conflict (user_id) do update
    set
        erased_at = excluded.erased_at, erased_by = excluded.erased_by,
        reason = excluded.reason, result = excluded.result;

    update public.pot_entries as e
    set (ip_hash, device_hash, region, correlation_id) = (
        select f.ip_hash, f.device_hash, f.region, f.correlation_id
        from private.forgotten_entry(e) as f
    )
    where e.user_id = p_user_id and e is distinct from private.forgotten_entry(e);
    delete from private.idempotency_keys as k
    where k.operation = 'join_pot' and k.subject = p_user_id::text;
    update private.flags as f
    set evidence = '{"forgotten": true}'
    where f.user_id = p_user_id and f.evidence <> '{"forgotten": true}';
    delete from private.play_limits as l where l.user_id = p_user_id;
    delete from private.player_handles as h where h.user_id = p_user_id;
    delete from private.guard_rails as r where r.scope = 'user' and r.scope_id = p_user_id::text;
    delete from private.staff as s where s.user_id = p_user_id;
    delete from private.officers as o where o.user_id = p_user_id;
    delete from private.cheers as c where c.user_id = p_user_id;
    -- A self-exclusion outlives its account: a new one of the same person is held to it.
    insert into private.exclusion_marks (mark, ends_at)
    select m.mark, v_excluded_until
    from auth.users as u
    cross join lateral (
        values
        (private.exclusion_mark('email', u.email)), (private.exclusion_mark('phone', u.phone))
    ) as m (mark)
    where u.id = p_user_id and v_excluded_until is not null and m.mark is not null
    on conflict (mark) do update set ends_at = greatest(exclusion_marks.ends_at, excluded.ends_at);
    -- Elsewhere a reason with an id in it is refused; this one is not for good.
    update private.alerts as a
    set ack_reason = private.forgotten_reason()
    where position(p_user_id::text in lower(a.ack_reason)) > 0;
    update private.actors as a set subject = null where a.subject = p_user_id::text;
    -- What is not counted yet comes with private.purge_expired.
    perform private.forget_in_metrics();

    -- No user id, nor a pseudonym of the player: an event is for good.
    perform private.log_event('player_erased', null, v_counts);
    perform private.erasure_waits();
    return v_result;
end $$;

comment on function private.erase_player(uuid, text, boolean) is
'Definer half of public.erase_player.';

revoke all on function private.erase_player(uuid, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function private.erase_player(uuid, text, boolean)
to pot_compliance, service_role;
