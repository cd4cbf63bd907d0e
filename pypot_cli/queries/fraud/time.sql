coalesce(
    -- Each request says what time it is, and time goes on while it is answered.
    (private.request_header('x-simulated-time'))::timestamptz
    + (clock_timestamp() - transaction_timestamp()),
    clock_timestamp()
)
