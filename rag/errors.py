"""What can go wrong between a file and an answer; each message is one sentence for a person."""

from embeddings.errors import TamnguError


class BadQuestion(TamnguError):
    """A question that cannot be asked: empty, or too long."""


class CollectionNotFound(TamnguError):
    """No collection of that name under the home.

    Attributes:
        brief: the same without what else is there, for who may not reach all of it.
    """

    def __init__(self, brief: str, more: str = "") -> None:
        """Say what is missing, and what could be meant instead."""
        super().__init__(f"{brief} {more}".rstrip())
        self.brief = brief


class BadCollectionName(TamnguError):
    """A name that cannot be a folder's."""


class CollectionExists(TamnguError):
    """A collection of that name is there, and a new one was to be made."""


class BadExport(TamnguError):
    """A file that is no export of a collection, or not as it was written."""


class ModelMismatch(TamnguError):
    """A collection was built with another model than the one at hand."""


class CollectionDamaged(TamnguError):
    """The catalog is not what Tamngu wrote."""


class CollectionBusy(TamnguError):
    """Another process is writing to the collection."""


class StorageError(TamnguError):
    """A collection's folder cannot be written, or the disk is full."""


class UnreadableFile(TamnguError):
    """A path that nothing can be read from."""


class CitationError(TamnguError):
    """A quote that does not stand in its article at the place given."""
