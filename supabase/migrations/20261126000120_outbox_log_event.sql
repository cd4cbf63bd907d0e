-- The version of the schema is its fourth argument from now on.
drop function private.log_event(text, uuid, jsonb);
