"""How the live model does on the stream: a weekly sample that people check, and a watch for drift."""
