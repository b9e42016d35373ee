"""What AWS answers when it does not do something."""

from __future__ import annotations


class AwsError(Exception):
    """A refusal: AWS's own code, its words and the status it comes with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
