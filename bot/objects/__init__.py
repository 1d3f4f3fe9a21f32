"""An object store: files by key, in a folder or a bucket. Knows nothing of what is kept in it."""
