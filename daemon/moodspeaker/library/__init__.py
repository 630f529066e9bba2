"""The music folder: what the files themselves say of their mood."""
