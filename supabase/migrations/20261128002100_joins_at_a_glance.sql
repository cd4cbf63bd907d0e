-- private.join_pot looks at the request where it looks at the pot.
drop function private.request_context(bigint);
