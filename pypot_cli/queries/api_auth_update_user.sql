-- What a user changes about themselves; NULL leaves a column as it is. Whoever gets an address is
-- anonymous no more.
update auth.users
set
    email = coalesce(%(email)s::text, email),
    email_confirmed_at = case when %(email)s::text is null then email_confirmed_at else now() end,
    encrypted_password = coalesce(%(encrypted_password)s::text, encrypted_password),
    raw_user_meta_data = coalesce(%(user_metadata)s::jsonb, raw_user_meta_data),
    raw_app_meta_data = coalesce(%(app_metadata)s::jsonb, raw_app_meta_data),
    is_anonymous = is_anonymous and %(email)s::text is null,
    updated_at = now()
where id = %(id)s
