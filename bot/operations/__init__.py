"""What whoever runs nerbot sees and sets: its log, its health, its numbers, and who can come in how fast."""
