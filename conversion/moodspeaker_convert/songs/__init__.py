"""Songs that people rated: reading them, and learning valence and arousal from their sound."""
