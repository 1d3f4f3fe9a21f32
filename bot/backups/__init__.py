"""Copies of what nerbot keeps: made while it runs, checked by hashes, and put back into an empty folder."""
