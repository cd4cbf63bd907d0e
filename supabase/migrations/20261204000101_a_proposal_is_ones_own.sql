-- list_flag_policies says which proposals are the caller's own: another person confirms those.
alter type public.flag_policy add attribute proposed_by_me boolean;
comment on type public.flag_policy is
'From which score on (0 to 1) flags of a kind have an effect, and since when; NULL where they have '
'not. Where something else is proposed: from which score on, NULL to take the effect away; by whom '
'(a pseudonym), when, until when another person may confirm it, and whether the caller proposed '
'it. Times: RFC 3339, UTC.';
