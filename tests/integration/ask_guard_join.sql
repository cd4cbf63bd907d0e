-- What private.guard_join says of one join, asked as private.join_pot asks it where nothing else is
-- against it: pot, ticket count, address, device, region.
select private.guard_join(
    p.id, s.template_id, private.caller_player(), q.ticket_count,
    p.entry_cost * q.ticket_count,
    (
        select coalesce(sum(e.ticket_count), 0)
        from public.pot_entries as e
        where e.pot_id = p.id
            and e.user_id = (private.caller_player()).user_id
            and e.cancelled_at is null
    ),
    row(
        private.fingerprint('ip', private.normal_address(q.ip), private.pepper_secret(s.pepper_id)),
        private.fingerprint(
            'device', private.normal_device(q.device), private.pepper_secret(s.pepper_id)
        ),
        private.normal_region(q.region),
        null
    )::private.request_context
)
from (
    select
        %s::uuid as pot_id, %s::integer as ticket_count, %s::text as ip, %s::text as device,
        %s::text as region
) as q
inner join public.pots as p on q.pot_id = p.id
inner join private.pot_states as s on p.id = s.pot_id
