-- A pot changes only along its documented life, its terms never, and each change of state only
-- after its row of the audit chain.
create or replace function private.tg_pots__transitions()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_last text;
    v_allowed boolean;
begin
    select a.action into v_last
    from public.pots_audit as a
    where a.pot_id = old.id
    order by a.seq desc
    limit 1;

    v_allowed := (
        new.id, new.entry_cost, new.max_tickets, new.max_per_user, new.draw_version, new.commit_tag,
        new.rules_text, new.rules_hash, new.created_at
    ) = (
        old.id, old.entry_cost, old.max_tickets, old.max_per_user, old.draw_version, old.commit_tag,
        old.rules_text, old.rules_hash, old.created_at
    ) and case old.status || '>' || new.status
        when 'open>open' then v_last in ('paused', 'resumed')
        when 'open>locked' then v_last = 'locked'
        when 'locked>settling' then v_last = 'claimed'
        when 'settling>settling' then
            new.draw_version = 2
            and old.reveal_seed is null
            and v_last = 'revealed'
        -- Draw 2 was revealed before and has its beacon; draw 1 is revealed by what settles it.
        when 'settling>settled' then
            v_last = 'settled'
            and (new.draw_version = 2) = (old.reveal_seed is not null)
            and (new.draw_version = 2) = exists (
                select from private.beacons as b where b.pot_id = old.id
            )
        when 'open>cancelled' then v_last = 'cancelled'
        when 'locked>cancelled' then v_last = 'cancelled'
        when 'settling>cancelled' then v_last = 'cancelled' and old.reveal_seed is null
        else false
    end;
    if old.status <> 'open' then
        v_allowed := v_allowed and (
            new.commit_hash, new.total_tickets, new.entries_root, new.lock_digest,
            new.locked_at, new.locks_at
        ) is not distinct from (
            old.commit_hash, old.total_tickets, old.entries_root, old.lock_digest,
            old.locked_at, old.locks_at
        ) and (old.reveal_seed is null or old.reveal_seed = new.reveal_seed);
    end if;
    if not coalesce(v_allowed, false) then
        raise check_violation using
            message = format('a pot may not go from %s to %s like this', old.status, new.status);
    end if;
    return new;
end $$;

comment on function private.tg_pots__transitions() is
'Trigger: a pot changes only along its documented life, its terms never, and each change of state '
'only after its row of the audit chain.';

revoke all on function private.tg_pots__transitions()
from public, anon, authenticated, service_role;
