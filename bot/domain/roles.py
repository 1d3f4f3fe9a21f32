"""What a person may do."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each may do what those before may."""

    LABELLER = "labeller"
    REVIEWER = "reviewer"
    OWNER = "owner"

    def may(self, needed: "Role") -> bool:
        """Whether this role is enough for what `needed` may do."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)
