"""The team's view of its work: labels, review, flags, history, stats, roles."""
