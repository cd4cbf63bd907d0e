-- Hear of each message from now on (sql/compat/40_realtime.sql).
select realtime.listen()
