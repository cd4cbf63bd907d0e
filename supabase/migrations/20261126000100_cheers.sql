-- When a player last cheered a pot: a cheer is a broadcast only, and at most one a second.

create table private.cheers (
    pot_id uuid not null references public.pots (id),
    user_id uuid not null,
    last_at timestamptz not null,
    primary key (pot_id, user_id)
) with (fillfactor = 70);
comment on table private.cheers is
'When each player last cheered a pot; what cheer_pot counts its second from.';

alter table private.cheers enable row level security;
create policy cheers_nobody on private.cheers for all to public
using (false) with check (false);
revoke all on private.cheers
from public, anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury;
