-- One call of the API. Names are identifiers; every value is a bind parameter, as unknown text that
-- PostgreSQL casts to the argument's type, so that no seed stands in a statement's text.
select to_jsonb(answer) as answer from public.{function}({arguments}) as answer
