"""The main job at once, on any machine: private servers, a made library, the real service."""
