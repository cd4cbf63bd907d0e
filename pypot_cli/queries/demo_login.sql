-- A login of one service alone: it may become that role and is nothing by itself.
create role {login} login noinherit connection limit 5 password {password};
grant {role} to {login};
