-- Whether a session of this user goes on.
select exists (
    select from auth.sessions as s where s.id = %(session_id)s and s.user_id = %(user_id)s
)
