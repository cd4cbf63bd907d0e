-- What the migration history holds: version, and the statements as they were sent.
select version, statements
from supabase_migrations.schema_migrations
