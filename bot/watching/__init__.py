"""Channels whose messages the live model reads as they are written."""
