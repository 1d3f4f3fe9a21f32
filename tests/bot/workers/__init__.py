"""Workers: jobs from their rows to their ends, on a real PostgreSQL."""
