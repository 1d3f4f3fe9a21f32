"""Trainings and bulk work on other machines. The rows stay the truth; a queue only says where a process runs."""
