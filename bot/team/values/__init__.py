"""What the team sees and decides."""
