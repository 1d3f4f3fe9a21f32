"""Measurements: `make bench` runs them side by side and prints the tables. Never tests."""
