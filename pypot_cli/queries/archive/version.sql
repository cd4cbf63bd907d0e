-- The version of a pot as it is now.
select private.pot_version(%(pot_id)s) as version
