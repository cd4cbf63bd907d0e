-- Locks, in order: the commitment (skipping what another call is taking); the pepper, against a
-- rotation, which is waited for.
-- Writes: commitment used, pot, escrow account, state, stripes, pulse; chain row `created`;
-- `created` to the lobby.
-- Raises: wrong_state (draw 2 while no beacon chain is set).
create or replace function private.open_pot(
    p_entry_cost bigint, p_max_tickets integer, p_max_per_user integer, p_min_participants integer,
    p_fill_seconds integer, p_draw_version integer, p_pot_id uuid, p_template_id bigint
)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_commitment private.commitments;
    v_at timestamptz;
    v_terms jsonb;
    v_rules text;
    v_chain_hash text;
    v_escrow bigint;
    v_pepper_id bigint;
    v_stripes integer;
begin
    select * into v_commitment
    from private.commitments as c
    where c.used_at is null and (p_pot_id is null or c.pot_id = p_pot_id)
    order by c.position
    limit 1
    for update skip locked;
    if not found then
        return null;
    end if;

    v_at := private.now();
    v_terms := jsonb_build_object(
        'draw_version', p_draw_version,
        'entry_cost', p_entry_cost,
        'max_per_user', p_max_per_user,
        'max_tickets', p_max_tickets,
        'min_participants', p_min_participants
    );
    if p_draw_version = 2 then
        v_chain_hash := private.chain_in_use();
        v_terms := v_terms || jsonb_build_object('beacon_chain_hash', v_chain_hash);
    end if;
    v_rules := private.canonical_json(v_terms);
    update private.commitments as c set used_at = v_at where c.pot_id = v_commitment.pot_id;
    insert into public.pots (
        id, entry_cost, max_tickets, max_per_user, draw_version, commit_tag,
        rules_text, rules_hash, created_at, locks_at
    )
    values (
        v_commitment.pot_id, p_entry_cost, p_max_tickets, p_max_per_user, p_draw_version,
        encode(
            private.commit_tag(
                'pots', v_commitment.pot_id, decode(v_commitment.commit_hash, 'hex')
            ),
            'hex'
        ),
        v_rules, encode(private.rules_hash('pots', v_rules), 'hex'),
        v_at, v_at + make_interval(secs => p_fill_seconds)
    );
    insert into private.accounts (kind, pot_id, created_at)
    values ('escrow', v_commitment.pot_id, v_at)
    returning id into v_escrow;
    -- Whoever rotates the pepper may destroy what no open pot uses, and sees no pot that is being
    -- opened. So it is taken before the pot has it, and one that came meanwhile by another look.
    select p.id into v_pepper_id
    from private.peppers as p
    where p.retired_at is null
    for key share;
    if not found then
        select p.id into strict v_pepper_id
        from private.peppers as p
        where p.retired_at is null
        for key share;
    end if;
    insert into private.pot_states (
        pot_id, template_id, escrow_account, min_participants, fill_seconds, beacon_chain_hash,
        pepper_id
    )
    values (
        v_commitment.pot_id, p_template_id, v_escrow, p_min_participants, p_fill_seconds,
        v_chain_hash, v_pepper_id
    );

    -- Enough stripes that joins seldom meet, few enough that a usual join fits into one; their
    -- quotas add up to max_tickets.
    v_stripes := greatest(least(p_max_tickets, 8), least(p_max_tickets / 4, 32));
    insert into private.pot_stripes (pot_id, stripe, quota)
    select
        v_commitment.pot_id, g.stripe,
        p_max_tickets / v_stripes + case when g.stripe < p_max_tickets % v_stripes then 1 else 0 end
    from generate_series(0, v_stripes - 1) as g (stripe);
    insert into private.lobby_pulses (pot_id, sent_at, sent_version)
    values (v_commitment.pot_id, v_at, 2);

    perform private.append_audit(
        v_commitment.pot_id, 'created', null,
        private.pot_summary(v_commitment.pot_id)
        || jsonb_build_object('pot_id', v_commitment.pot_id)
    );
    perform private.announce_lobby(v_commitment.pot_id, 'created');
    return v_commitment.pot_id;
end $$;

comment on function private.open_pot(
    bigint, integer, integer, integer, integer, integer, uuid, bigint
) is
'Opens a pot on a commitment from the stock: the given id''s, or the oldest. Returns the '
'pot''s id, NULL when the stock has none to give. Arguments as create_pot''s, already checked. '
'Raises wrong_state for draw 2 while no beacon chain is set.';

revoke all on function private.open_pot(
    bigint, integer, integer, integer, integer, integer, uuid, bigint
)
from public, anon, authenticated, service_role;
