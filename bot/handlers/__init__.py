"""Bolt listeners by feature: ack or answer, parse, ask one service, show the view."""
