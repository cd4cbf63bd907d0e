-- Every registered key.
select k.kid, k.purpose, k.public_key
from private.signing_keys as k
order by k.kid
