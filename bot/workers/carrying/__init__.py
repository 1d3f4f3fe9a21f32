"""The side of a worker: what it does with a job of each kind."""
