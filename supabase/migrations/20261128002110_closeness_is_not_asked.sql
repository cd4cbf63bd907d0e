-- Nothing asks for it since pairs are judged by how they play over all of their pots.
drop function private.closeness(integer, double precision, double precision);
