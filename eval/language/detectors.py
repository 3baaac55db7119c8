"""Detectors of languages: Tamngu's, the models that it stands on, and others if installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from rag.text.evidence.letters import by_sentence
from rag.text.language import UNKNOWN, identify

Detector = Callable[[str], str]
"""Returns the code of a text's language; ``und`` if it finds none."""


def detectors() -> Mapping[str, Detector]:
    """Return the detectors of what is installed, by name, Tamngu's first."""
    found: dict[str, Detector] = {
        "Tamngu": lambda text: identify(text).code,
        "Tamngu without langdetect": lambda text: identify(text, runs=False).code,
        "lid.176": _lid_176,
    }
    return found | {name: make() for name, make in _OTHERS.items() if find_spec(name) is not None}


def missing() -> list[str]:
    """Return the names of the detectors that are not installed."""
    return [name for name in _OTHERS if find_spec(name) is None]


def _lid_176(text: str) -> str:
    shares = by_sentence(" ".join(text.split()), latin=False)
    return max(shares, key=lambda code: shares[code], default=UNKNOWN.code)


def _langdetect() -> Detector:
    import langdetect

    langdetect.DetectorFactory.seed = 0  # Without a seed, the same text has several results.

    def detect(text: str) -> str:
        try:
            return str(langdetect.detect(text)).partition("-")[0]
        except langdetect.LangDetectException:
            return UNKNOWN.code  # It has no letters.

    return detect


def _py3langid() -> Detector:
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])


def _lingua() -> Detector:
    import lingua

    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return UNKNOWN.code if found is None else str(found.iso_code_639_1.name).lower()

    return detect


_OTHERS: Mapping[str, Callable[[], Detector]] = {
    "langdetect": _langdetect,
    "py3langid": _py3langid,
    "lingua": _lingua,
}
"""Makes a detector, by the name of its module; langdetect comes with Tamngu."""
