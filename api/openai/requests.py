"""The bodies that clients of OpenAI's API send, and how they are read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from api.openai.errors import Refusal
from api.requests import ArticleIds, AskBody, Labels, Languages
from rag.text.cleaning import clean
from tamngu.records.request import MAX_CONTEXT, BadRequest

CHAT_MODEL = "tamngu"
"""The model's name. ``tamngu/COLLECTION`` asks another collection than the default."""

PASSAGE_MODEL = "tamngu-passage"
QUESTION_MODEL = "tamngu-question"

MAX_INPUTS = 2048
"""Texts in one request for vectors; OpenAI accepts as many."""

MAX_CHARACTERS = 20_000
"""Characters of a text whose vector is wanted; no model reads so many."""


_CONDITIONS = ("languages", "sources", "tags", "published_from", "published_to", "article_ids")
"""Members of a request that narrow the search."""

_TEXTS = frozenset({"text", "input_text"})
"""Types of parts that are text: of chat completions, and of responses."""


class Message(BaseModel):
    """A message of a conversation.

    Attributes:
        role: ``user``, ``assistant``, ``system`` or another.
        content: text, or parts, some of which may be text. :meth:`text` checks it; pydantic would
            collect an error for each part.
    """

    role: str = ""
    content: SkipValidation[str | list[dict[str, Any]] | None] = None

    def text(self) -> str | None:
        """Return the text of the message; None if a part of it is not text."""
        content: object = self.content
        if isinstance(content, str):
            return content
        parts: list[Any] = content if isinstance(content, list) else [None]
        texts = [
            part.get("text")
            for part in parts
            if isinstance(part, dict) and part.get("type") in _TEXTS
        ]
        if len(texts) != len(parts) or not _all_text(texts):
            return None
        return "\n".join(str(text) for text in texts)


class StreamOptions(BaseModel):
    """What a stream contains besides the text.

    Attributes:
        include_usage: whether a last chunk has the numbers of tokens.
    """

    include_usage: bool = False


class Conversation(BaseModel, ABC):
    """A conversation whose last message of the user is the question.

    If the question leaves out what the user's earlier ones name, it is completed with it. OpenAI's
    API has no members that narrow a search; those of ``/v1/ask`` do it here too (``extra_body`` of
    OpenAI's client).

    Attributes:
        model: ``tamngu`` or ``tamngu/COLLECTION``.
        languages: as in :class:`api.requests.AskBody`, and so the next ones.
        sources: only articles of one of these sources.
        tags: only articles with at least one of these tags.
        published_from: only articles published on this day or later.
        published_to: only articles published on this day or earlier.
        article_ids: only these articles.
    """

    model: str = Field(examples=[CHAT_MODEL])
    languages: Languages | None = None
    sources: Labels | None = None
    tags: Labels | None = None
    published_from: date | None = None
    published_to: date | None = None
    article_ids: ArticleIds | None = None

    @abstractmethod
    def conversation(self) -> list[Message]:
        """Return the messages, oldest first.

        Raises:
            Refusal: another form of answer is wanted.
        """

    @property
    @abstractmethod
    def place(self) -> str:
        """The member of the request that has the messages."""

    def collection(self) -> str | None:
        """Return the collection in the model's name, None for the default collection.

        Raises:
            Refusal: no model has this name.
        """
        family, _, collection = self.model.partition("/")
        if family != CHAT_MODEL or (not collection and self.model != CHAT_MODEL):
            raise no_model(self.model, f"{CHAT_MODEL!r} or '{CHAT_MODEL}/COLLECTION'")
        return collection or None

    def asked(self) -> AskBody:
        """Return the question with its conditions and the questions before it.

        Raises:
            Refusal: there is no question, or a condition cannot be met by any article.
        """
        conditions = {name: getattr(self, name) for name in _CONDITIONS}
        messages = self.conversation()
        question, collection = self._question(messages), self.collection()
        try:
            return AskBody(
                question=question,
                collection=collection,
                context=_earlier_questions(messages),
                **conditions,
            )
        except BadRequest as error:
            param = str(error).partition(":")[0]
            named = param.partition(".")[0] in _CONDITIONS
            raise Refusal(400, f"{error}.", param if named else None) from error

    def _question(self, messages: list[Message]) -> str:
        """Return the text of the user's last message.

        Raises:
            Refusal: there is no such message, or it is not text.
        """
        places = [i for i, message in enumerate(messages) if message.role == "user"]
        if not places:
            raise Refusal(400, "There is no message of the role 'user' to answer.", self.place)
        text = messages[places[-1]].text()
        if text is None:
            raise Refusal(
                400,
                "The last message of the user is not text; send a string or parts of type 'text'.",
                f"{self.place}.{places[-1]}.content",
            )
        return text


class ChatRequest(Conversation):
    """A question in the form of OpenAI's chat completions.

    Members that control how a model writes, such as ``temperature`` or ``tools``, are accepted and
    ignored, because no text is sampled. Members that ask for another form of answer than one text
    (``n``, ``response_format``) are refused.

    Attributes:
        messages: the conversation.
        stream: whether to send the answer in pieces.
        stream_options: what the stream contains.
        n: number of answers; only 1.
        response_format: form of the answer; only text.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": CHAT_MODEL,
                    "messages": [{"role": "user", "content": "Who chairs ASEAN?"}],
                }
            ]
        },
    )

    messages: list[Message] = Field(max_length=10_000, fail_fast=True)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    response_format: dict[str, Any] | None = None

    @property
    def counts(self) -> bool:
        """Whether a stream ends with the numbers of tokens."""
        return self.stream_options is not None and self.stream_options.include_usage

    @property
    def place(self) -> str:
        """The member of the request that has the messages."""
        return "messages"

    def conversation(self) -> list[Message]:
        """Return the messages, oldest first.

        Raises:
            Refusal: another form of answer is wanted.
        """
        if self.n not in (None, 1):
            raise Refusal(400, "A question has one answer; leave n out.", "n")
        if self.response_format and self.response_format.get("type") != "text":
            raise Refusal(400, "Answers are text; leave response_format out.", "response_format")
        return self.messages


class EmbeddingsRequest(BaseModel):
    """Texts whose vectors are wanted.

    Attributes:
        model: ``tamngu-passage`` (or ``tamngu``) for texts to search in, ``tamngu-question`` for
            texts to search with.
        input: the text or texts. :meth:`texts` checks them; pydantic would collect several errors
            for each.
        encoding_format: ``float``: numbers; ``base64``: little-endian float32 in base64.
        dimensions: only the model's own number.
    """

    model: str = Field(examples=[PASSAGE_MODEL, QUESTION_MODEL])
    input: SkipValidation[str | list[str] | list[int] | list[list[int]]]
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = None

    def are_questions(self) -> bool:
        """Return whether the texts are questions.

        Raises:
            Refusal: no model has this name.
        """
        if self.model not in (CHAT_MODEL, PASSAGE_MODEL, QUESTION_MODEL):
            raise no_model(self.model, f"{PASSAGE_MODEL!r} or {QUESTION_MODEL!r}")
        return self.model == QUESTION_MODEL

    def texts(self) -> list[str]:
        """Return the texts.

        Raises:
            Refusal: the list is empty or too long, a text is empty or too long, or the input is not
                text.
        """
        given: object = self.input
        texts: list[Any] = given if isinstance(given, list) else [given]
        if not texts or len(texts) > MAX_INPUTS:
            raise Refusal(400, f"1 to {MAX_INPUTS:,} texts can be sent; not {len(texts)}.", "input")
        if not _all_text(texts):
            raise Refusal(
                400,
                "Token ids are those of another model; send text "
                "(LangChain: check_embedding_ctx_length=False).",
                "input",
            )
        for place, text in enumerate(texts):
            if len(text) > MAX_CHARACTERS:
                raise Refusal(
                    400, f"The text has more than {MAX_CHARACTERS:,} characters.", f"input.{place}"
                )
        read = [clean(str(text)) for text in texts]
        for place, text in enumerate(read):
            if not text:
                raise Refusal(400, "The text is empty.", f"input.{place}")
        return read


def no_model(name: str, known: str) -> Refusal:
    """Return the error for an unknown model name."""
    return Refusal(
        404, f"There is no model {name[:100]!r}; name {known}.", "model", "model_not_found"
    )


def _earlier_questions(messages: list[Message]) -> list[str]:
    """Return the texts of the user's messages before the last one, at most as many as are read."""
    said = [message.text() for message in messages if message.role == "user"][:-1]
    return [text for text in said[-MAX_CONTEXT:] if text]


def _all_text(texts: list[Any]) -> bool:
    return all(isinstance(text, str) for text in texts)
