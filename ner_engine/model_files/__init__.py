"""Models on disk: what is in a model's directory, and whether it is still what was saved."""
