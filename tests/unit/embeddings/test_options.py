from __future__ import annotations

import pytest

from embeddings import EncoderError, EncoderOptions


def test_the_environment_sets_every_kind_of_option() -> None:
    options = EncoderOptions.from_environment(
        {
            "TAMNGU_RUNTIME": "torch",
            "TAMNGU_TRUST_REMOTE_CODE": "yes",
            "TAMNGU_QUESTION_CACHE": "7",
            "TAMNGU_ENDPOINT_TIMEOUT": "2.5",
            "TAMNGU_HOME": "/somewhere",
        }
    )
    assert options == EncoderOptions(
        runtime="torch", trust_remote_code=True, question_cache=7, endpoint_timeout=2.5
    )


def test_code_of_models_does_not_run_unless_the_user_asks() -> None:
    assert not EncoderOptions.from_environment({}).trust_remote_code


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("TAMNGU_PRECISION", "int4", "one of auto, bf16, int8, f32"),
        ("TAMNGU_RUNTIME", "", "one of auto"),
        ("TAMNGU_OVERLONG", "ignore", "window, cut, refuse"),
        (
            "TAMNGU_QUESTION_CACHE",
            "many",
            "TAMNGU_QUESTION_CACHE is 'many'; it must be of type int",
        ),
        ("TAMNGU_THREADS", "-1", "must be 0 or more"),
        ("TAMNGU_TRUST_REMOTE_CODE", "perhaps", "it must be of type bool"),
        ("TAMNGU_THREADS", "9" * 5000, "it must be of type int"),
        ("TAMNGU_RUNTIME", "x" * 5000, "one of auto"),
        ("TAMNGU_ENDPOINT_TIMEOUT", "0", "above 0"),
        ("TAMNGU_ENDPOINT_TIMEOUT", "nan", "above 0"),
        ("TAMNGU_ENDPOINT_TIMEOUT", "inf", "under a day"),
        ("TAMNGU_ENDPOINT_KEY", "secret\r", "a character that no key can have"),
        ("TAMNGU_ENDPOINT_KEY", "khoá", "a character that no key can have"),
        ("TAMNGU_THREADS", "100000", "at most 1024"),
    ],
)
def test_a_wrong_value_is_named(variable: str, value: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message) as refused:
        EncoderOptions.from_environment({variable: value})
    assert len(str(refused.value)) < 200
