-- Players as GoTrue leaves them after a sign-up, each at a time of its own.
insert into auth.users (
    id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data,
    email_confirmed_at, created_at, updated_at
)
select
    u.id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
    u.id || '@simulated.invalid', '{"provider": "email", "providers": ["email"]}', '{}',
    u.created_at, u.created_at, u.created_at
from unnest(%(ids)s::uuid[], %(created)s::timestamptz[]) as u (id, created_at)
