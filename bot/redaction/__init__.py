"""Texts without the entities that the live model finds in them."""
