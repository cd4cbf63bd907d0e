-- Whether nobody has used this database yet: no player, no pot, no credit.
select
    not exists (select from auth.users)
    and not exists (select from public.pots)
    and not exists (select from private.transfers)
