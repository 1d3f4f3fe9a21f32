"""What whoever runs nerbot sees and sets: its log, its health, its numbers, and who may come in how fast."""
