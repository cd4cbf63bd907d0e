"""What goes wrong, as one line for a person and an exit code for a script."""


class PypotError(Exception):
    """A failure whose text says what to do about it; `exit_code` ends the command.

    1 is a check that did not hold or a job that could not be done, 2 is input that could not be
    read. The commands' --help documents what each of them returns.
    """

    exit_code = 1


class UnreadableInputError(PypotError):
    """A file, a key or an environment variable that cannot be understood (exit code 2)."""

    exit_code = 2


class LeftOutError(PypotError):
    """What a test or a harness needs is not on this machine; the text says what to install."""
