-- The archived pots of a month.
select a.pot_id from private.archived_pots as a where a.month = %(month)s order by a.pot_id
