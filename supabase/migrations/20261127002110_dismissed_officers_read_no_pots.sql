-- The row of a pot shows compliance who won, which the public does not see: so, like entries and
-- chains, it is for whoever is an officer still. get_pot and list_pots show what is public.
alter policy pots_select on public.pots
to anon, authenticated, pot_orchestrator, pot_settlement, pot_beacon;
create policy pots_select_compliance on public.pots
for select to pot_compliance
using (not (select private.is_dismissed()));
