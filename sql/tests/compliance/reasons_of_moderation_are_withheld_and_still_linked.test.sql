-- get_audit_chain shows a moderation row's hash and not its payload; compliance reads it whole.

begin;
\ir ../support/helpers.sql
select plan(4);

select open_pot('big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "Mr Smith"}'));
select rpc('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "not Mr Smith"}'));
select rpc('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "Mr Smith again"}'));
create temporary table link on commit drop as
select c.*
from jsonb_to_recordset(rpc('anon', 'get_audit_chain', on_pot('big'))) as c (
    seq bigint, action text, created_at text, payload text, payload_hash text, prev_hash text,
    row_hash text
);

select is(
    (select array_agg(l.action order by l.seq) from link as l where l.payload is null),
    '{paused,resumed,voided}', 'three payloads are withheld'
);
select ok(not exists (select from link as l where l::text like '%Smith%'), 'no name gets out');
select is(
    (select count(*) from link as l inner join link as n on l.row_hash = n.prev_hash), 4::bigint,
    'and every row links to the one before'
);
select is(
    run_as(
        'pot_compliance:carol',
        'select jsonb_agg(a.reason order by a.seq) from public.pots_audit as a'
    ),
    '[null, "Mr Smith", "not Mr Smith", "Mr Smith again", null]', 'compliance reads the reasons'
);

select * from finish();
rollback;
