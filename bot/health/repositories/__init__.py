"""What is kept of a stream to see how the live model does on it."""
