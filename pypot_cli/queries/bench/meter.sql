-- What a meter reads WAL with, in a schema of the benchmark's own.
create schema bench;

create extension pg_walinspect schema bench;
