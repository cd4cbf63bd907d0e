-- A row that is there for a policy to judge, in a transaction that is rolled back.
insert into realtime.messages (id, topic, extension, private)
values (%s, %s, %s, true)
