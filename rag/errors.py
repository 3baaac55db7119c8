"""Errors between a file and an answer; each message is one sentence that says what to do."""

import errno
import os
from collections.abc import Iterator

from embeddings.errors import TamnguError


class BadQuestion(TamnguError):
    """The question is empty or too long."""


class CollectionNotFound(TamnguError):
    """The home has no collection of that name.

    Attributes:
        brief: the message without the names of the other collections, for a caller who may not
            know them.
    """

    def __init__(self, brief: str, more: str = "") -> None:
        """Join the message's two parts.

        Args:
            brief: which collection is missing.
            more: which collections exist, and how to create this one.
        """
        super().__init__(f"{brief} {more}".rstrip())
        self.brief = brief


class BadCollectionName(TamnguError):
    """The name cannot be the name of a collection's folder."""


class CollectionExists(TamnguError):
    """A new collection cannot be created, because one of that name exists."""


class BadExport(TamnguError):
    """The file is not an export of a collection, or it has been damaged or changed."""


class ModelMismatch(TamnguError):
    """The collection was built with another model than the loaded one."""


class CollectionDamaged(TamnguError):
    """The catalog does not hold what Tamngu wrote."""


class CollectionBusy(TamnguError):
    """Another process is writing to the collection.

    Attributes:
        brief: the message without the number of the process, for a caller elsewhere.
    """

    def __init__(self, message: str, brief: str = "") -> None:
        """Take the message.

        Args:
            message: that the collection is busy, with the process that holds it if it is known.
            brief: the message without that process; the same if empty.
        """
        super().__init__(message)
        self.brief = brief or message


class StorageError(TamnguError):
    """A file or folder cannot be written, or the disk is full."""


class ClusterUnavailable(TamnguError):
    """A part of the cluster does not answer; nothing is lost, and a retry may succeed."""


class UnreadableFile(TamnguError):
    """A path cannot be read."""


class CitationError(TamnguError):
    """A quote is not in its article at the stated offsets."""


class NotEnoughMemory(TamnguError):
    """The process got less memory than it needs."""

    def __init__(self, what: str = "Tamngu") -> None:
        """Say what needs more memory."""
        super().__init__(
            f"There is not enough memory for {what}: close other programs, or raise the limit that "
            "is set for this one (ulimit -v, or its container's)."
        )


_NO_MEMORY = ("bad_alloc", "Cannot allocate memory", "(os error 12)", "failed to map segment")
"""What C++, the C library, Rust and the loader of libraries say when memory has run out."""


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error, or an error that it comes from, says that memory has run out."""
    return any(
        isinstance(cause, MemoryError | NotEnoughMemory)
        or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM)
        or any(said in str(cause) for said in _NO_MEMORY)
        for cause in _causes(error)
    )


def lacks_files(error: BaseException) -> bool:
    """Return whether an error, or an error that it comes from, says that too many files are open.

    Libraries in Rust give what the system says as text.
    """
    return any(
        (isinstance(cause, OSError) and cause.errno in (errno.EMFILE, errno.ENFILE))
        or os.strerror(errno.EMFILE) in str(cause)
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    # An error may, by mistake, come from itself.
    for _ in range(20):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__
