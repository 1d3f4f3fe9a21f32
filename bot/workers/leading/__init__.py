"""The side of whoever waits for jobs: told to workers, followed, tried again, and cleared away."""
