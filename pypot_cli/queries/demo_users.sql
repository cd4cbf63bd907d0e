-- Players as GoTrue leaves them after a sign-up.
insert into auth.users (
    id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data,
    email_confirmed_at, created_at, updated_at
)
select
    u.id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
    u.id || '@demo.invalid', '{"provider": "email", "providers": ["email"]}', '{}',
    now(), now(), now()
from unnest(%s::uuid[]) as u (id)
