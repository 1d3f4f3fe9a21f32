"""Watched channels, their messages, and the entities in them."""
