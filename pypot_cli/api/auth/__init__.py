"""What GoTrue 2 answers on /auth/v1, as far as this product's clients use it.

`routes` reads requests, `sessions` makes and renews them, `users` keeps the users in auth.users,
`passwords` hashes. There is no mail: an address counts as confirmed at sign-up, as it does in a
local Supabase stack. Source: supabase/auth, its OpenAPI description and error codes.
"""
