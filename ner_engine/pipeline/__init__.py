"""Our spaCy pipeline: the recognizer's network, the recognizer itself, and its configuration."""
