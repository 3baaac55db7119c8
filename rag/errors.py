"""Errors between a file and an answer; each message is one sentence that says what to do."""

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


class UnreadableFile(TamnguError):
    """A path cannot be read."""


class CitationError(TamnguError):
    """A quote is not in its article at the stated offsets."""
