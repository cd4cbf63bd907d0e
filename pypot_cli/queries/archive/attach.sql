-- Ends to put a detached month back.
select private.attach_month(%(month)s) as answer
