-- What list_flag_policies answers with.
create type public.flag_policy as (
    kind text,
    effect text,
    min_score numeric,
    updated_at text,
    proposed boolean,
    proposed_min_score numeric,
    proposed_by uuid,
    proposed_at text,
    proposal_ends_at text
);
comment on type public.flag_policy is
'From which score on (0 to 1) flags of a kind have an effect, and since when; NULL where they have '
'not. Where something else is proposed: from which score on, NULL to take the effect away; by whom '
'(a pseudonym), when, and until when another person may confirm it. Times: RFC 3339, UTC.';
