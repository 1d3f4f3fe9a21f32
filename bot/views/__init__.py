"""Pure functions from domain values to slack_sdk models; Slack's limits are known here."""
