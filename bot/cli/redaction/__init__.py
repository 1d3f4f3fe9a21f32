"""`nerbot redact`: texts without the entities in them."""
