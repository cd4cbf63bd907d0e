-- What holds of guard rails whatever a function does.

create trigger tg_play_breaks__append_only before update or delete on private.play_breaks
for each row execute function private.tg_append_only();
create trigger tg_play_breaks__not_truncated before truncate on private.play_breaks
for each statement execute function private.tg_append_only();
alter table private.play_breaks enable always trigger tg_play_breaks__append_only;
alter table private.play_breaks enable always trigger tg_play_breaks__not_truncated;

create trigger tg_peppers__kept before delete on private.peppers
for each row execute function private.tg_append_only();
create trigger tg_peppers__not_truncated before truncate on private.peppers
for each statement execute function private.tg_append_only();
alter table private.peppers enable always trigger tg_peppers__kept;
alter table private.peppers enable always trigger tg_peppers__not_truncated;

-- Where Supabase has Vault, the pepper that the settings held goes there.
select private.move_peppers_to_vault();
