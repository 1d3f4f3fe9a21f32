"""How payloads reach the app: Socket Mode, signed HTTP, and the retries of events."""
