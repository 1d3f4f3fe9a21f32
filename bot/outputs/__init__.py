"""Where the entities of watched messages go."""
