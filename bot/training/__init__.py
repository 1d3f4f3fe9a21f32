"""Training: runs, schedules and what is told of them."""
