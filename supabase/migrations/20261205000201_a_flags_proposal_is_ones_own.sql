-- list_flags says which flags the caller proposed to uphold: another person confirms those.
alter type public.fraud_flag add attribute proposed_by_me boolean;
comment on type public.fraud_flag is
'A suspicion about a player in a pot, as list_flags shows it: score is 0 to 1, reviewed_by the '
'pseudonym that the audit knows the reviewer by, proposed_by_me whether the caller proposed to '
'uphold it, which another person has to confirm.';
