"""Runs and schedules."""
