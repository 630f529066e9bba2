"""Cameras, face detectors, preprocessing and the emotion model; one thread owns them all."""
