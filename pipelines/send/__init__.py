"""Send: all mail of the program goes through one durable outbox, and leaves it over one connection, once."""
