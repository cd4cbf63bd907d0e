-- Linear in the entries, by a statement a table and never one an entry: docs/scale.md says what it
-- takes.
--
-- Writes: as private.number_entries; merkle_levels, pots and, with draw 2, the beacon's round;
-- chain row `locked`; events locked.
-- Raises: check_violation when the escrow does not hold exactly what the tickets cost (a
-- defect: the pot stays open).
create or replace function private.freeze_pot(p_pot public.pots)
returns jsonb
language plpgsql
volatile
set search_path = ''
-- Sorts of a hundred thousand entries stay in memory.
set work_mem = '64MB'
as $$
declare
    v_state private.pot_states;
    v_chain private.beacon_chains;
    v_commit_hash text;
    v_total bigint;
    -- What a leaf hashes before its own bytes: private.merkle_leaf, without a call an entry.
    v_domain bytea := '\x00'::bytea || private.tag('pots/entry/v1') || uuid_send(p_pot.id);
    v_leaves bytea;
    v_root bytea;
    v_at timestamptz;
    v_digest text;
    v_result jsonb;
begin
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot.id;
    select c.commit_hash into strict v_commit_hash
    from private.commitments as c
    where c.pot_id = p_pot.id;

    select
        sum(e.ticket_count),
        string_agg(
            int8send(e.ticket_count)
            || sha256(v_domain || int4send(e.ticket_count) || decode(e.entrant_tag, 'hex')),
            ''::bytea
            order by e.seq
        )
    into v_total, v_leaves
    from public.pot_entries as e
    where e.pot_id = p_pot.id and e.cancelled_at is null;
    if v_total * p_pot.entry_cost <> private.account_balance(v_state.escrow_account) then
        raise check_violation using message = 'escrow differs from the price of the tickets';
    end if;

    perform private.number_entries(p_pot.id, v_total);
    v_root := substr(private.store_merkle_tree(p_pot.id, v_leaves), 9);
    -- Not before: what numbering and hashing a large pot takes would be lost to the signer. Nor
    -- before the pot was made, should the clock have been set back since.
    v_at := greatest(private.now(), p_pot.created_at);
    if p_pot.draw_version = 2 then
        select * into strict v_chain
        from private.beacon_chains as c
        where c.chain_hash = v_state.beacon_chain_hash;
        -- Time enough to attest, claim and reveal before anybody can know the round.
        v_state.beacon_round := private.beacon_round_at(
            v_chain.genesis_time, v_chain.period_seconds, v_at + interval '30 seconds'
        );
        v_state.beacon_at := private.beacon_round_time(
            v_chain.genesis_time, v_chain.period_seconds, v_state.beacon_round
        );
        update private.pot_states as s
        set beacon_round = v_state.beacon_round, beacon_at = v_state.beacon_at
        where s.pot_id = p_pot.id;
    end if;
    v_digest := encode(
        private.lock_digest(
            'pots', p_pot.id, p_pot.draw_version,
            decode(v_commit_hash, 'hex'), decode(p_pot.rules_hash, 'hex'), v_root, v_total, v_at,
            decode(coalesce(v_state.beacon_chain_hash, repeat('0', 64)), 'hex'),
            coalesce(v_state.beacon_round, 0)
        ),
        'hex'
    );
    v_result := private.with_beacon(
        jsonb_build_object(
            'pot_id', p_pot.id,
            'status', 'locked',
            'commit_hash', v_commit_hash,
            'lock_digest', v_digest,
            'total_tickets', v_total,
            'entries_root', encode(v_root, 'hex'),
            'locked_at', private.json_time(v_at)
        ),
        private.beacon_of(v_state)
    );
    perform private.append_audit(p_pot.id, 'locked', null, v_result);
    update public.pots as p
    set
        status = 'locked',
        commit_hash = v_commit_hash,
        total_tickets = v_total,
        entries_root = encode(v_root, 'hex'),
        lock_digest = v_digest,
        locked_at = v_at
    where p.id = p_pot.id;
    perform private.close_alerts('pot_stuck', p_pot.id);
    perform private.announce_pot(p_pot.id, 'locked', v_result);
    perform private.announce_lobby(p_pot.id, 'locked');
    perform private.wake_services('locked', p_pot.id);
    return v_result;
end $$;

comment on function private.freeze_pot(public.pots) is
'Locks an open pot: numbers its tickets, builds the Merkle sum tree, publishes commit_hash and '
'lock_digest, and with draw 2 fixes the beacon''s round. The caller holds the pot with its gate '
'closed. Returns lock_pot''s result.';

revoke all on function private.freeze_pot(public.pots)
from public, anon, authenticated, service_role;
