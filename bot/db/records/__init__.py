"""What several features keep, each with its statements."""
