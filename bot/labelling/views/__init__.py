"""Cards, questions and outcomes."""
