"""The tables of jobs, and what a queue keeps of them in the same database."""
