"""Background tasks and the clock."""
