"""A local stand-in for Supabase's HTTP services, for development, tests and demos only.

- `rest/`: what PostgREST 14 answers on /rest/v1, functions above all;
- `auth/`: what GoTrue 2 answers on /auth/v1: sign-up, sign-in, refresh, sign-out, user, keys;
- `app`: the ASGI application around them; `server`: how the command runs it.

`settings`, `tokens`, `database` and `transaction` know nothing of HTTP; whatever else answers
clients in the name of a JWT (a websocket, say) builds on them.
"""
