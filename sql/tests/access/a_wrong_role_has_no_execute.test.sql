-- Each function of the contract is called by each role: who may not has no EXECUTE (42501), and who
-- may gets past it.

begin;
\ir ../support/helpers.sql
create temporary table may (function text, callers text) on commit drop;
insert into may values
    ('list_pots', 'anon player orchestrator settlement beacon compliance service'),
    ('get_pot', 'anon player orchestrator settlement beacon compliance service'),
    ('get_proof', 'anon player orchestrator settlement beacon compliance service'),
    ('list_lock_entries', 'anon player orchestrator settlement beacon compliance service'),
    ('pack_lock_entries', 'anon player orchestrator settlement beacon compliance service'),
    ('get_audit_chain', 'anon player orchestrator settlement beacon compliance service'),
    ('get_checkpoint', 'anon player orchestrator settlement beacon compliance service'),
    ('list_log_leaves', 'anon player orchestrator settlement beacon compliance service'),
    ('get_inclusion_proof', 'anon player orchestrator settlement beacon compliance service'),
    ('get_consistency_proof', 'anon player orchestrator settlement beacon compliance service'),
    ('prepare_checkpoint', 'orchestrator service'),
    ('publish_checkpoint', 'orchestrator service'),
    ('list_beacon_chains', 'anon player orchestrator settlement beacon compliance service'),
    ('fairness_stats', 'anon player orchestrator settlement beacon compliance service'),
    ('join_pot', 'player service'),
    ('join_pots', 'service'),
    ('cancel_entry', 'player service'),
    ('cheer_pot', 'player service'),
    ('my_wallet', 'player service'),
    ('my_entries', 'player service'),
    ('my_receipt', 'player service'),
    ('add_commitments', 'settlement service'),
    ('claim_settlement', 'settlement service'),
    ('report_spent_seed', 'settlement service'),
    ('reveal_pot', 'settlement service'),
    ('list_awaited_beacons', 'orchestrator settlement beacon service'),
    ('submit_beacon', 'orchestrator settlement beacon service'),
    ('create_pot', 'orchestrator service'),
    ('upsert_pot_template', 'orchestrator service'),
    ('rotate_pots', 'orchestrator service'),
    ('lock_pot', 'orchestrator service'),
    ('attest_lock', 'orchestrator service'),
    ('run_due', 'orchestrator service'),
    ('pause_pot', 'compliance service'),
    ('resume_pot', 'compliance service'),
    ('void_pot', 'compliance service'),
    ('grant_credits', 'treasury service'),
    ('register_signing_key', 'service'),
    ('revoke_signing_key', 'service'),
    ('register_beacon_chain', 'service'),
    ('use_beacon_chain', 'service'),
    ('sequence_events', 'events service'),
    ('read_events', 'compliance events service'),
    ('ack_events', 'events service'),
    ('list_event_consumers', 'compliance events service'),
    ('list_live_drops', 'anon player orchestrator settlement beacon compliance service'),
    ('set_my_handle', 'player service'),
    ('erase_player', 'compliance service'),
    ('export_pot', 'compliance service'),
    ('get_retention', 'compliance service'),
    ('list_erasures', 'compliance service'),
    ('purge_expired', 'compliance service'),
    ('read_export', 'compliance service'),
    ('set_retention', 'compliance service'),
    ('my_data', 'player service'),
    ('request_erasure', 'player service'),
    ('list_alerts', 'compliance service'),
    ('ack_alert', 'compliance service'),
    ('get_case', 'compliance service'),
    ('list_cases', 'compliance service'),
    ('run_watch', 'orchestrator service'),
    ('create_webhook', 'service'),
    ('update_webhook', 'service'),
    ('rotate_webhook_secret', 'service'),
    ('list_webhooks', 'service'),
    ('list_webhook_deliveries', 'service'),
    ('replay_webhook', 'service'),
    ('test_webhook', 'service'),
    ('fan_out_webhooks', 'webhooks'),
    ('claim_deliveries', 'webhooks'),
    ('report_delivery', 'webhooks'),
    ('exclude_entry', 'compliance service'),
    ('hold_stats', 'anon player orchestrator settlement beacon compliance service'),
    ('list_flag_policies', 'compliance service'),
    ('list_flags', 'compliance service'),
    ('list_guard_rails', 'compliance service'),
    ('list_staff', 'compliance service'),
    ('metric_aborts', 'compliance service'),
    ('metric_churn', 'compliance service'),
    ('metric_fill_time', 'compliance service'),
    ('metric_flags', 'compliance service'),
    ('metric_joins', 'compliance service'),
    ('metric_payouts', 'compliance service'),
    ('metric_refusals', 'compliance service'),
    ('metric_settle_time', 'compliance service'),
    ('metric_snapshot', 'compliance events service'),
    ('my_play_limits', 'player service'),
    ('review_flag', 'compliance service'),
    ('roll_up_metrics', 'orchestrator service'),
    ('rotate_pepper', 'compliance service'),
    ('self_exclude', 'player service'),
    ('set_flag_policy', 'compliance service'),
    ('set_guard_rail', 'compliance service'),
    ('set_play_limits', 'player service'),
    ('set_staff', 'compliance service'),
    ('set_officer', 'service'),
    ('list_officers', 'compliance service'),
    ('start_cool_off', 'player service');

select plan((select count(*) from may)::integer + 1);

create function pg_temp.is_executed(p_caller text, p_function text)
returns boolean
language plpgsql
as $$
declare
    v_message text;
begin
    perform run_as(p_caller, (
        select format('select null::jsonb from public.%I(%s)', p_function, string_agg(
            'null::' || format_type(t.type, null), ', ' order by t.place
        ))
        from pg_proc as p
        cross join unnest(p.proargtypes::oid[]) with ordinality as t (type, place)
        where p.pronamespace = 'public'::regnamespace and p.proname = p_function
        having count(*) > 0
        union all
        select format('select null::jsonb from public.%I()', p_function)
        limit 1
    ));
    return true;
exception
    when insufficient_privilege then
        get stacked diagnostics v_message = message_text;
        return v_message <> 'permission denied for function ' || p_function;
    when others then
        return true;
end $$;

select is(
    string_agg(r.name, ' ' order by r.place) filter (
        where pg_temp.is_executed(r.caller, m.function)
    ),
    m.callers,
    m.function
)
from may as m
cross join (values
    (1, 'anon', 'anon'), (2, 'player', 'ann'), (3, 'orchestrator', 'pot_orchestrator'),
    (4, 'settlement', 'pot_settlement'), (5, 'beacon', 'pot_beacon'),
    (6, 'compliance', 'pot_compliance:carol'), (7, 'treasury', 'pot_treasury'),
    (8, 'events', 'pot_events'), (9, 'webhooks', 'pot_webhooks'), (10, 'service', 'service_role')
) as r (place, name, caller)
group by m.function, m.callers;
select is(
    (
        select array_agg(p.proname::text order by p.proname::text)
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace and p.proowner = 'postgres'::regrole
    ),
    (select array_agg(m.function order by m.function) from may as m),
    'and there is no other function'
);

select * from finish();
rollback;
