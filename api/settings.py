"""Settings of the service, from environment variables or from a TOML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from embeddings import TamnguError

_FILE = "TAMNGU_SERVE_CONFIG"
"""The environment variable that names the TOML file."""

_PREFIX = "TAMNGU_SERVE_"


class BadSettings(TamnguError):
    """A setting of the service has a value that is not allowed, or cannot be read."""


class Settings(BaseSettings):
    """Settings of the service.

    Each is an environment variable ``TAMNGU_SERVE_NAME``, or a line of the TOML file that
    ``TAMNGU_SERVE_CONFIG`` names. An environment variable takes precedence over the file.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    threads: int = Field(
        default=2, ge=1, le=64, description="Requests whose model and index work runs at once."
    )
    queue: int = Field(
        default=64,
        ge=0,
        le=10_000,
        description="Requests that may wait for a thread; further ones get 503.",
    )
    timeout_s: float = Field(
        default=30,
        gt=0,
        le=3600,
        description="Seconds for a request to wait and run; then it gets 503.",
    )
    max_body_bytes: int = Field(
        default=1_000_000,
        ge=1000,
        description="Maximum size of a request in bytes, uploads excepted.",
    )
    max_upload_bytes: int = Field(
        default=512 * 1024 * 1024, ge=1000, description="Maximum size of an upload in bytes."
    )
    chat_threads: int = Field(
        default=16, ge=1, le=256, description="Answers that a chat model (--chat) writes at once."
    )
    rate_per_minute: int = Field(
        default=0, ge=0, description="Requests a minute for each key or address; 0: no limit."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Origins whose pages may call the API, separated by commas."
    )
    allow_private_fetch: bool = Field(
        default=False,
        description="Allow imports of pages from private addresses, such as this machine's.",
    )
    traces: bool = Field(
        default=False,
        description="Send traces (OTLP over HTTP) to where OpenTelemetry's own variables say.",
    )
    log_requests: bool = Field(
        default=False, description="Write a line of JSON for each request to standard error."
    )
    log_questions: bool = Field(
        default=False, description="Write the text of questions to that log too."
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(each.strip() for each in value.split(",") if each.strip())
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in their order: arguments, environment, file."""
        path = os.environ.get(_FILE)
        if path and not Path(path).is_file():
            raise FileNotFoundError(f"there is no file {path}")
        file = (TomlConfigSettingsSource(settings_cls, Path(path)),) if path else ()
        return init_settings, env_settings, *file


def read_settings() -> Settings:
    """Return the settings.

    Raises:
        BadSettings: a value is not allowed, or the file cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSettings(f"{_PREFIX}{name.upper()}: {first['msg']}.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BadSettings(f"Cannot read the file that {_FILE} names: {error}.") from error
