"""Why a delivery failed."""


class DeliveryError(Exception):
    """The app was not reached or did not answer in time; `error` is Slack's error code."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail
