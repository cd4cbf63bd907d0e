-- A page of a part of an export. Whoever is in it is called by a number of the pot, or by user id
-- in an export with `identified`; addresses and devices are numbers in both. The numbers are made
-- for each page from all of the pot's entries, so a large pot is read in large pages.
--
-- Guards, in order: arguments; login; an export of the caller's, of the last day.
-- Raises: invalid_argument, login_required.
create or replace function private.read_export(
    p_export_id uuid, p_part text, p_after text, p_page_size integer
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_export private.exports;
    v_after bigint;
    v_rows jsonb;
    v_next text;
begin
    perform private.require_given('export_id', p_export_id::text);
    if p_part is null or p_part not in (
        'pot', 'entries', 'chain', 'ledger', 'flags', 'events', 'proof', 'log'
    ) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'part',
            'expected', 'pot, entries, chain, ledger, flags, events, proof or log'
        ));
    end if;
    if p_after !~ '^[0-9]{1,18}$' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'after', 'expected', '`next` of the page before'
        ));
    end if;
    v_after := coalesce(p_after::bigint, 0);
    perform private.require_range('page_size', p_page_size, 1, 10000);
    perform private.require_person();
    select * into v_export
    from private.exports as x
    where x.export_id = p_export_id
        and x.created_at > private.now() - interval '24 hours'
        and x.exported_by = (
            select a.actor_id from private.actors as a where a.subject = private.caller_subject()
        );
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'export_id', 'expected', 'an export of yours, of the last day'
        ));
    end if;

    -- One row more than asked for tells whether there is a next page.
    select
        coalesce(jsonb_agg(r.shown order by r.place) filter (where r.number <= p_page_size), '[]'),
        case
            when count(*) > p_page_size
                then max(r.place) filter (where r.number <= p_page_size)::text
        end
    into v_rows, v_next
    from (
        select e.place, e.shown, row_number() over (order by e.place) as number
        from private.export_rows(v_export, p_part, v_after, p_page_size + 1) as e
    ) as r;
    return jsonb_build_object('part', p_part, 'rows', v_rows, 'next', v_next);
end $$;

comment on function private.read_export(uuid, text, text, integer) is
'Definer half of public.read_export.';

revoke all on function private.read_export(uuid, text, text, integer)
from public, anon, authenticated, service_role;
grant execute on function private.read_export(uuid, text, text, integer)
to pot_compliance, service_role;
