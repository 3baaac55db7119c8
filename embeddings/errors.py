"""The errors that a person may see: each is one sentence that says what to do."""


class TamnguError(Exception):
    """Base of every error whose message is meant for the person at the keyboard."""


class EncoderError(TamnguError):
    """A model cannot be found, prepared or loaded."""


class CannotCompile(EncoderError):
    """The fast runtime cannot run a model; the message completes "...cannot run it, as"."""


class TextTooLong(EncoderError):
    """A text is longer than the model reads, and the setting is to refuse such."""
