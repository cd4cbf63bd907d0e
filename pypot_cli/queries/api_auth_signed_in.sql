-- A new session of a user, and the time of their sign-in.
with signed_in as (
    update auth.users
    set last_sign_in_at = now(), updated_at = now()
    where id = %(user_id)s::uuid
)

insert into auth.sessions (id, user_id, created_at, updated_at, user_agent, ip)
values (%(id)s::uuid, %(user_id)s::uuid, now(), now(), %(user_agent)s, %(ip)s::inet)
