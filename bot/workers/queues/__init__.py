"""What tells workers that there are jobs."""
