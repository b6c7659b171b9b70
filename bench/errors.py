"""What the user can fix: each error is one sentence that names the place and the remedy.

The command line prints the message and exits with status 2; nothing else in the
project catches these.
"""

from __future__ import annotations


class RequestError(Exception):
    """The request was wrong; the message is one sentence with the place and the remedy."""


class GridError(RequestError):
    """A grid that cannot be read or means nothing."""


class PluginError(RequestError):
    """A ``--plugin`` file that is missing, fails, or registers a name that is taken."""


class DataError(RequestError):
    """A data set that is missing, truncated, corrupt or unsuited to the request."""


class ResultsError(RequestError):
    """A results folder that is missing, empty, torn, unwritable or of another version."""


class QualityError(RequestError):
    """A feature extractor or reference that is not available."""


class DeviceError(RequestError):
    """A device this machine does not have."""


def first_line(error: BaseException) -> str:
    """The first line of an exception's message, or its type if the message is empty."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class DataWarning(UserWarning):
    """What the user should know of a data set that is used all the same; one sentence."""
