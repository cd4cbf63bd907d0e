-- Guards, in order: arguments; the pot exists; it has ended.
-- Raises: invalid_argument, pot_not_found, wrong_state.
create or replace function private.get_proof(p_pot_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    select * into v_pot from public.pots as p where p.id = p_pot_id;
    if not found then
        perform private.fail('pot_not_found');
    elsif v_pot.status = 'settled' then
        return (
            select s.proof || case v_pot.draw_version
                -- Not stored with the proof: a witness may see the rows after the pot is settled.
                when 2 then jsonb_build_object('witness', private.pot_witness(p_pot_id))
                else '{}'
            end || case when s.proof @> '{"payout": {"held": true}}'
                -- Nor this: what became of a held payout is decided after the draw.
                then jsonb_build_object('release', private.release_json(p_pot_id))
                else '{}'
            end
            from private.settlements as s
            where s.pot_id = p_pot_id
        );
    elsif v_pot.status = 'cancelled' then
        return (
            select a.metadata || jsonb_build_object('refunds', coalesce((
                select jsonb_agg(
                    jsonb_build_object(
                        'entrant', left(e.entrant_tag, 16),
                        'ticket_count', e.ticket_count,
                        'credits', t.amount
                    )
                    order by e.seq
                )
                from private.transfers_ever as t
                inner join private.entries_ever as e on t.entry_id = e.id
                where e.pot_id = p_pot_id and e.cancelled_at is null and t.kind = 'refund'
            ), '[]')) || case
                when private.is_archived(p_pot_id)
                    then jsonb_build_object('archive', private.archive_json(p_pot_id) || (
                        select n.kept from private.archived_pots as n where n.pot_id = p_pot_id
                    ))
                else '{}'
            end
            from public.pots_audit as a
            where a.pot_id = p_pot_id and a.action = 'cancelled'
        );
    end if;
    perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    return null;
end $$;

comment on function private.get_proof(uuid) is
'Definer half of public.get_proof.';

revoke all on function private.get_proof(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.get_proof(uuid)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
