insert into bench.commits default values;
