"""A smart speaker that plays to your mood."""

__version__ = "0.1.0"
