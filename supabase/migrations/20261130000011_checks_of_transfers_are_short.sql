-- As for entries (docs/decisions/0261); in a file of its own, so that no two tables are locked.
alter table private.transfers
drop constraint transfers_kind_check,
drop constraint transfers_amount_check,
drop constraint transfers_pot_check,
drop constraint transfers_entry_check,
add constraint transfers_values_check check (
    num_nulls(kind::private.transfer_kind, amount::private.credits) = 0
    and (kind = 'grant') = (pot_id is null)
    and (kind = any('{join,refund,return}')) = (entry_id is not null)
) not valid;
comment on constraint transfers_values_check on private.transfers is
'Kind and amount are of their domains; a grant has no pot, all else has; what pays for an entry or '
'gives it back names it, and nothing else does.';
