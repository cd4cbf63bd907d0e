-- A refresh token of a session; its parent is the one it was got with.
insert into auth.refresh_tokens (
    token, user_id, session_id, parent, revoked, created_at, updated_at
)
values (%(token)s, %(user_id)s, %(session_id)s, %(parent)s, false, now(), now())
