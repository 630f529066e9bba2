"""The YAML file: schema, loading with every problem at once, the way back to text."""
