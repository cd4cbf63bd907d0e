-- PostgreSQL reads the text of a table's checks anew for each statement that writes to it. What a
-- column may hold is for a domain to say, which a session keeps; the check of the table only names
-- it (docs/decisions/0261). Columns keep their types: nothing is rewritten, no client sees a thing.

create domain private.hex32 as text
constraint hex32_check
check (length(value) = 64 and encode(decode(value, 'hex'), 'hex') = value);
comment on domain private.hex32 is '32 bytes in lower-case hex.';

create domain private.credits as bigint
constraint credits_check check (value between 1 and 9007199254740991);
comment on domain private.credits is
'An amount of credits that moves: what JSON can tell exactly, and not nothing.';

create domain private.ticket_count as integer
constraint ticket_count_check check (value >= 1);
comment on domain private.ticket_count is 'Tickets of an entry.';

create domain private.ticket_number as bigint
constraint ticket_number_check check (value >= 0);
comment on domain private.ticket_number is 'A ticket, counted from 0.';

create domain private.region_code as text
constraint region_code_check check (value ~ '^[A-Z][A-Z0-9]$');
comment on domain private.region_code is 'ISO 3166 alpha-2, or a code of an edge beside it.';

create domain private.correlation as text
constraint correlation_check check (length(value) between 1 and 200);
comment on domain private.correlation is 'A correlation id.';

create domain private.transfer_kind as text
constraint transfer_kind_check
check (value = any('{grant,join,refund,payout,hold,release,return}'));
comment on domain private.transfer_kind is 'What a transfer is for.';

-- Entries hold what the checks that go have let in. To look at all of them again is for the
-- migration after the next, which stops nobody meanwhile.
alter table public.pot_entries
drop constraint pot_entries_salt_check,
drop constraint pot_entries_entrant_tag_check,
drop constraint pot_entries_ip_hash_check,
drop constraint pot_entries_device_hash_check,
drop constraint pot_entries_correlation_id_check,
drop constraint pot_entries_credits_spent_check,
drop constraint pot_entries_region_check,
drop constraint pot_entries_first_ticket_check,
drop constraint pot_entries_ticket_count_check,
add constraint pot_entries_values_check check (
    num_nulls(
        salt::private.hex32,
        entrant_tag::private.hex32,
        ip_hash::private.hex32,
        device_hash::private.hex32,
        correlation_id::private.correlation,
        credits_spent::private.credits,
        region::private.region_code,
        first_ticket::private.ticket_number,
        ticket_count::private.ticket_count
    ) >= 0
) not valid;
comment on constraint pot_entries_values_check on public.pot_entries is
'Each value is of its domain, which refuses what is not; how many are NULL says nothing.';
