-- Forgets what is older than the retention settings say, a bounded piece a call; callers loop. Pots
-- are dealt with in order of their end. One that is under review is passed by, and come back to.
--
-- Besides, peppers whose time is over are destroyed, and what is left of erased players in the
-- metrics and of old alerts' reasons.
--
-- Guards, in order: arguments; who calls.
-- Locks, in order: the row of private.retention, and whoever finds it locked leaves the work to who
-- holds it; peppers.
-- Writes: pot_entries (where they came from, to NULL), idempotency_keys (of joins), flags
-- (evidence), exclusion_marks, alerts (ack_reason), metric_players, peppers, Vault,
-- fingerprint_links, the progress; event personal_data_purged.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot).
create or replace function private.purge_expired(p_limit_rows integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_pots constant integer := 1000;
    v_retention private.retention;
    v_at timestamptz := private.now();
    v_until timestamptz;
    v_what text;
    v_pot record;
    v_pots integer;
    v_left bigint := p_limit_rows;
    v_rows bigint;
    v_counts jsonb := jsonb_build_object();
    v_more boolean := false;
begin
    perform private.require_range('limit_rows', p_limit_rows, 1, 100000);
    perform private.require_standing();
    perform private.require_read_committed();
    select * into v_retention from private.retention as r where r.only_row for update skip locked;
    if not found then
        return null;
    end if;

    v_rows := private.purge_keys(v_at - v_retention.key_days * interval '24 hours', v_left);
    v_left := v_left - v_rows;
    v_counts := v_counts || jsonb_build_object('keys', v_rows);
    delete from private.exclusion_marks as m where m.ends_at <= v_at;
    update private.alerts as a
    set ack_reason = private.forgotten_reason()
    where a.id in (
        select n.id
        from private.alerts as n
        where n.closed_at <= v_at - v_retention.evidence_days * interval '24 hours'
            and n.ack_reason <> private.forgotten_reason()
        limit p_limit_rows
    );
    perform private.forget_in_metrics();
    perform private.destroy_peppers(v_at);
    delete from private.fingerprint_links as l
    where l.hash in (
        select n.hash
        from private.fingerprint_links as n
        where n.created_at <= v_at - v_retention.network_days * interval '24 hours'
            and not exists (select from public.pot_entries as e where e.ip_hash = n.known_as)
            and not exists (select from public.pot_entries as e where e.device_hash = n.known_as)
        limit p_limit_rows
    );

    foreach v_what in array '{network,evidence}'::text[] loop
        v_rows := 0;
        v_pots := 0;
        v_until := v_at - case v_what
            when 'network' then v_retention.network_days
            else v_retention.evidence_days
        end * interval '24 hours';
        for v_pot in
            select w.pot_id, null::timestamptz as ended_at
            from private.retention_waiting as w
            where w.what = v_what and not private.under_review(w.pot_id)
            union all
            (
                select p.id, coalesce(p.settled_at, p.cancelled_at)
                from private.retention_progress as g
                inner join public.pots as p
                    on (coalesce(p.settled_at, p.cancelled_at), p.id) > (g.ended_at, g.pot_id)
                where g.what = v_what
                    and p.status in ('settled', 'cancelled')
                    and coalesce(p.settled_at, p.cancelled_at) <= v_until
                order by coalesce(p.settled_at, p.cancelled_at), p.id
                limit c_pots
            )
        loop
            exit when v_left = 0;
            v_pots := v_pots + 1;
            if v_pot.ended_at is not null and private.under_review(v_pot.pot_id) then
                insert into private.retention_waiting (what, pot_id) values (v_what, v_pot.pot_id);
            else
                v_rows := v_rows + private.purge_pot(v_what, v_pot.pot_id, v_left);
                v_left := p_limit_rows - (v_counts ->> 'keys')::bigint
                    - coalesce((v_counts ->> 'network')::bigint, 0) - v_rows;
                exit when v_left = 0;
            end if;
            if v_pot.ended_at is null then
                delete from private.retention_waiting as w
                where w.what = v_what and w.pot_id = v_pot.pot_id;
            else
                update private.retention_progress as g
                set ended_at = v_pot.ended_at, pot_id = v_pot.pot_id
                where g.what = v_what;
            end if;
        end loop;
        v_counts := v_counts || jsonb_build_object(v_what, v_rows);
        v_more := v_more or v_pots >= c_pots;
    end loop;

    if v_left < p_limit_rows then
        perform private.log_event('personal_data_purged', null, v_counts);
    end if;
    return v_counts || jsonb_build_object('more', v_more or v_left = 0);
end $$;

comment on function private.purge_expired(integer) is
'Definer half of public.purge_expired.';

revoke all on function private.purge_expired(integer)
from public, anon, authenticated, service_role;
grant execute on function private.purge_expired(integer)
to pot_compliance, service_role;
