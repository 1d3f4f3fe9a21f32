"""What tests and benchmarks share: the bot as a process, and texts to label."""
