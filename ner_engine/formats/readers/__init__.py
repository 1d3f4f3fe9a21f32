"""One reader a format: a file as it is, to raw texts."""
