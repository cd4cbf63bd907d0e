-- Go on as postgres; a session that another role began has that role's settings.
set session authorization postgres;
set search_path = "$user", public, extensions;
