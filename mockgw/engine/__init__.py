"""The engine: what the model says."""
