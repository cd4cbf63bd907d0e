-- Takes everything that a request may have left on a pooled connection: settings that a function
-- made outlast its transaction, role, locks, cursors, channels, temporary tables, sequence values.
close all;
reset session authorization;
reset all;
unlisten *;
select pg_catalog.pg_advisory_unlock_all();
discard temporary;
discard sequences
