-- Signs a user out: of one session, of all others than it, or of all. Refresh tokens go with them.
delete from auth.sessions
where user_id = %(user_id)s
    and case %(scope)s
        when 'local' then id = %(session_id)s::uuid
        when 'others' then id is distinct from %(session_id)s::uuid
        else true
    end
