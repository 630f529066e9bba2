"""MPD: the connection, and what is kept in its queue."""
