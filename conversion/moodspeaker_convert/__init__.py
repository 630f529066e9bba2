"""The offline toolkit: trains emotion models and turns them into int8 TFLite files."""
