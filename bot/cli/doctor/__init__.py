"""`nerbot doctor`: whether everything is there that nerbot needs, and what to do where it is not."""
