"""nerbot: a Slack app with which a team teaches a named-entity model its own labels."""

__version__ = "0.1.0"
