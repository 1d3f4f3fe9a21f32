"""The use cases, over ports: no Slack, no SQL, no spaCy here."""
