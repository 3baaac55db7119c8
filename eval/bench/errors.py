"""The error of measurements."""

from embeddings import TamnguError


class BenchFailed(TamnguError):
    """A measurement cannot be made on this machine, or failed."""
