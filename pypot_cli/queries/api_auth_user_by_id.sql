-- One user who was not deleted.
select
    u.id,
    u.aud,
    u.role,
    u.email,
    u.encrypted_password,
    u.email_confirmed_at,
    u.last_sign_in_at,
    coalesce(u.raw_app_meta_data, '{}') as app_metadata,
    coalesce(u.raw_user_meta_data, '{}') as user_metadata,
    u.created_at,
    u.updated_at,
    u.is_anonymous,
    u.banned_until,
    coalesce(u.banned_until > now(), false) as is_banned
from auth.users as u
where u.id = %(id)s and u.deleted_at is null
