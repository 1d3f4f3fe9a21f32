"""What people do, as payloads for the app, and what its answers cause."""
