"""What people do, as payloads for the app, and what comes of its answers."""
