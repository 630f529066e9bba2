"""MQTT and Home Assistant: the link, discovery, state and commands."""
