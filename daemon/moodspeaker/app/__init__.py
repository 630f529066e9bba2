"""The one place that knows every side."""
