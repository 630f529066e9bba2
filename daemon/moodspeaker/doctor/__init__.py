"""Examines a speaker, its counterparts and its machine; tells what is wrong and the remedy."""
