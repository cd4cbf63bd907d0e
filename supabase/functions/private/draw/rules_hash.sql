-- Hashes the rules of a round exactly as they are stored. The text is never parsed and written
-- again: jsonb orders keys its own way, and another order is another hash.

create or replace function private.rules_hash(p_game text, p_rules_text text)
returns bytea
language plpgsql
immutable strict parallel safe
security invoker
set search_path = ''
as $$
begin
    return sha256(private.tag(p_game || '/rules/v1') || convert_to(p_rules_text, 'UTF8'));
end
$$;

comment on function private.rules_hash(text, text) is
    'SHA-256(T("<game>/rules/v1") ‖ UTF-8 of rules_text), 32 bytes (contract, section 5).';

revoke all on function private.rules_hash(text, text)
    from public, anon, authenticated, service_role;
