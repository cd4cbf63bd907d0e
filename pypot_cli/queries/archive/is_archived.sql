-- Whether a pot was archived, its month detached or not
select private.is_archived(%(pot_id)s) as is_archived
