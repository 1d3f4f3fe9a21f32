"""The routes, one thing each."""
