"""The plane, labels, policies and the choice of tracks. Pure: no player, no files."""
