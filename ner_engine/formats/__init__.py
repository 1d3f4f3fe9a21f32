"""The forms annotated texts come in and go out in."""
