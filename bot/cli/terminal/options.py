"""Options that several commands have, each said once."""

from typing import Annotated

import typer

Workspace = Annotated[
    str | None, typer.Option(metavar="ID", help="Slack's id, where there are several.")
]
