-- Marks a refresh token as used, and the session as refreshed.
with refreshed as (
    update auth.sessions
    set refreshed_at = now() at time zone 'utc', updated_at = now()
    where id = %(session_id)s
)

update auth.refresh_tokens
set revoked = true, updated_at = now()
where token = %(token)s
