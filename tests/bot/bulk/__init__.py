"""Bulk predictions, with a real model and real processes."""
