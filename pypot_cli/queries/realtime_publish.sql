-- As hosted Realtime names it, which makes it on its first connection.
create publication supabase_realtime_messages_publication
for table realtime.messages
with (publish = 'insert')
