-- Whether a function, named with its arguments, is there.
select to_regprocedure(%(function)s) is not null
