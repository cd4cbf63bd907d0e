"""What PostgREST 14 answers on /rest/v1, over one exposed schema.

A request goes through these in order: `request` reads it, `schema_cache` says what it names,
`query_string` what it selects, `render` turns that into SQL, `rpc` and `tables` run it, `response`
answers; `errors` are PostgREST's. Sources: PostgREST's documentation (docs.postgrest.org, v14) and
answers recorded from PostgREST 14.17.
"""
