"""Figures of models, and how they are shown."""
