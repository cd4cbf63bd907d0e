-- One message, every value as text, as logical replication would tell it.
select
    m.topic,
    m.extension,
    m.event,
    m.payload::text as payload,
    case when m.private then 't' else 'f' end as private,
    m.id::text as id,
    m.binary_payload::text as binary_payload
from realtime.messages as m
where m.id = %s
