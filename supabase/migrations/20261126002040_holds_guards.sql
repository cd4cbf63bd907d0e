-- What holds of a hold whatever a function does, also under session_replication_role = replica.

create trigger tg_holding_flags__before_reveal before insert on private.holding_flags
for each row execute function private.tg_holding_flags__before_reveal();
alter table private.holding_flags enable always trigger tg_holding_flags__before_reveal;

create trigger tg_payout_holds__released_once before update on private.payout_holds
for each row execute function private.tg_payout_holds__released_once();
create trigger tg_payout_holds__kept before delete on private.payout_holds
for each row execute function private.tg_append_only();
create trigger tg_payout_holds__not_truncated before truncate on private.payout_holds
for each statement execute function private.tg_append_only();
alter table private.payout_holds enable always trigger tg_payout_holds__released_once;
alter table private.payout_holds enable always trigger tg_payout_holds__kept;
alter table private.payout_holds enable always trigger tg_payout_holds__not_truncated;

-- With a condition, so that a join pays nothing for it.
create trigger tg_transfers__from_a_hold before insert on private.transfers
for each row when (new.kind in ('release', 'return'))
execute function private.tg_transfers__from_a_hold();
alter table private.transfers enable always trigger tg_transfers__from_a_hold;

do $$
declare
    v_table text;
begin
    foreach v_table in array array['holding_flags', 'exclusions'] loop
        execute format(
            'create trigger tg_%1$s__append_only before update or delete on private.%1$s '
            'for each row execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$s '
            'for each statement execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__append_only', v_table
        );
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__not_truncated', v_table
        );
    end loop;
end $$;
