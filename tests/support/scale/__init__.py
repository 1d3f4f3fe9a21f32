"""Several bots and workers on one PostgreSQL, each a process with a folder of its own, behind a proxy."""
