"""What stops a command: one sentence that says what is wrong and how to mend it."""


class Failure(Exception):  # noqa: N818 - it is a finding for the user, not a fault of the program
    """Ends the command with a Chinese and an English sentence and exit code 1."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n  {english}")
