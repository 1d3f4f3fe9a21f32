"""What people say to nerbot in plain words."""
