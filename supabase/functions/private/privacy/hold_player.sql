-- A player writes something of oneself that an erasure takes away. Whoever erases the player
-- (private.erase_player) is before, and then this is refused, or after, and takes it away too: else
-- what was written meanwhile would stay for good, as nobody is erased twice.
--
-- Locks, in order: the caller's pseudonym when it is new; the player's advisory lock, shared.
-- Raises: not_allowed.
create or replace function private.hold_player()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_user uuid := private.caller_sub();
begin
    perform private.actor_pseudonym();
    perform pg_advisory_xact_lock_shared(private.player_key(v_user));
    if private.is_erased(v_user) then
        perform private.fail('not_allowed');
    end if;
end $$;

comment on function private.hold_player() is
'Keeps whoever erases the calling player waiting until this transaction ends; fails with '
'not_allowed where somebody was faster.';

revoke all on function private.hold_player()
from public, anon, authenticated, service_role;
