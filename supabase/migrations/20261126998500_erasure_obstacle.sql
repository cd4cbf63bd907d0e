-- Changed signature: what stands in the way of an erasure, as the player may hear it.
drop function if exists private.erasure_obstacle(uuid, boolean);
