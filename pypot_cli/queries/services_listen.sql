-- What private.wake_services notifies.
listen pots
