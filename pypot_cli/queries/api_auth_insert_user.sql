-- A new user, confirmed at once: there is no mail here. Nothing when the address is taken.
insert into auth.users (
    instance_id,
    id,
    aud,
    role,
    email,
    encrypted_password,
    email_confirmed_at,
    raw_app_meta_data,
    raw_user_meta_data,
    is_anonymous,
    created_at,
    updated_at
)
values (
    '00000000-0000-0000-0000-000000000000',
    %(id)s,
    'authenticated',
    'authenticated',
    %(email)s::text,
    %(encrypted_password)s::text,
    case when %(email)s::text is not null then now() end,
    %(app_metadata)s,
    %(user_metadata)s,
    %(is_anonymous)s,
    now(),
    now()
)
on conflict (email) where (is_sso_user = false) do nothing
returning id
