"""A setting by its name in the environment, and the form that secrets have there."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr


def setting(name: str, meaning: str, **limits: Any) -> Any:
    """A setting by its name in the environment, with what administrators read of it."""
    return Field(validation_alias=name, description=meaning, **limits)


def _without_edge_blanks(value: object) -> object:
    # A secret out of a file often ends in a line break, which no HTTP header can carry.
    return value.strip() or None if isinstance(value, str) else value


Secret = Annotated[SecretStr | None, BeforeValidator(_without_edge_blanks)]
"""What is printed nowhere."""
