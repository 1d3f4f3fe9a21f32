"""The Web API: its methods, who can call them, and failures that tests ask for."""
