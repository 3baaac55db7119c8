"""Errors that a user may see: each message is one sentence that says what to do."""


class TamnguError(Exception):
    """Base of every error whose message is meant for the user."""


class EncoderError(TamnguError):
    """A model cannot be found, prepared or loaded."""


class CannotCompile(EncoderError):
    """OpenVINO cannot run a model; the message completes "cannot run it, because ..."."""


class TextTooLong(EncoderError):
    """A text is longer than the model reads, and the option ``overlong`` is ``refuse``."""
