-- The session of a refresh token, held until this transaction ends: refreshes take turns.
select s.id, s.user_id, s.created_at
from auth.sessions as s
where s.id = (select t.session_id from auth.refresh_tokens as t where t.token = %(token)s)
for update
