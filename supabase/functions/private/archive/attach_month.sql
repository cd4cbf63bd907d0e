-- Ends to put a detached month back, in the transaction of begin_attach and load_lines: every pot
-- has to be there as its chain says.
--
-- Guards, in order: arguments; a person; the month is attached; what the chains say.
-- Locks, in order: the archive's; the row of the month's last pot.
-- Writes: pots_audit, event pot_attached.
-- Raises: invalid_argument, login_required, not_allowed, wrong_state, busy (a transaction of one
-- snapshot).
create or replace function private.attach_month(p_month date)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_anchor uuid;
    v_pots bigint;
begin
    perform private.require_given('month', p_month::text);
    perform private.require_person();
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/archive', 0));
    select count(*) into v_pots
    from private.archived_pots as a
    inner join private.archive_months as m on a.month = m.month
    where a.month = p_month and m.detached_at is null;
    if v_pots = 0 then
        perform private.fail('wrong_state', '{"status": "detached"}');
    end if;
    perform private.require_digests(p_month);
    v_anchor := private.archive_anchor(p_month);
    perform private.hold_pot(v_anchor, false);
    perform private.append_audit(v_anchor, 'attached', null, jsonb_build_object(
        'pot_id', v_anchor, 'month', p_month, 'pots', v_pots
    ));
    return jsonb_build_object('month', p_month, 'pots', v_pots);
end $$;

comment on function private.attach_month(date) is
'Ends to put a detached month back: {month, pots}. Fails with check_violation unless every pot is '
'there as its chain says.';

revoke all on function private.attach_month(date)
from public, anon, authenticated, service_role;
