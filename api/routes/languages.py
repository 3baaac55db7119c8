"""The language of a text."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.auth.scopes import READ
from api.description import new_router
from api.error_responses import PROBLEMS
from api.service import ServiceOf
from rag.text.language import chinese_script, identify

router = new_router(prefix="/v1/languages", tags=["languages"], responses=PROBLEMS)


class DetectRequest(BaseModel):
    """A text whose language is to be identified."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "Viet Nam gia nhap ASEAN nam nao?"},
                {"text": "東協有幾個成員國？"},
                {"text": "Who chairs ASEAN?"},
            ]
        },
    )

    text: str = Field(min_length=1, max_length=100_000)


class Detected(BaseModel):
    """The language of a text.

    Attributes:
        language: ``vi``, ``zh``, ``en`` or another ISO 639-1 code; ``und`` if unknown.
        script: ``Hans`` or ``Hant`` for Chinese.
    """

    language: str
    script: str | None


@router.post("/detect", dependencies=READ)
async def detect_language(request: DetectRequest, service: ServiceOf) -> Detected:
    """Identify the language of a text."""

    def detect() -> Detected:
        found = identify(request.text)
        script = chinese_script(request.text) if found.code == "zh" else None
        return Detected(language=found.code, script=found.script or script)

    return await service.pool.run(detect)
