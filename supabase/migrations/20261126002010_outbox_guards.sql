-- What was told in an order stays told in that order, whatever a function does.

do $$
declare
    v_table text;
begin
    foreach v_table in array array['event_positions', 'live_drops'] loop
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

create trigger tg_event_sequencer__kept before delete on private.event_sequencer
for each row execute function private.tg_append_only();
create trigger tg_event_sequencer__not_truncated before truncate on private.event_sequencer
for each statement execute function private.tg_append_only();
alter table private.event_sequencer enable always trigger tg_event_sequencer__kept;
alter table private.event_sequencer enable always trigger tg_event_sequencer__not_truncated;
