"""From a trained model to a verified int8 file with its manifest."""
