from __future__ import annotations

from pathlib import Path

import pytest

from rag.cluster.settings import BadClusterFile, ClusterSettings, read_settings

RIGHT = 'catalog = "postgresql://db/tamngu"\nvectors = "http://milvus:19530"\n'


def test_what_a_file_does_not_say_has_its_default(tmp_path: Path) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text(RIGHT + 'shards = 2\nindex = "ivf_sq8"\n')
    assert read_settings(file) == ClusterSettings(
        "postgresql://db/tamngu", "http://milvus:19530", shards=2, index="ivf_sq8"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("catalog = ", "not TOML"),
        ('vectors = "http://milvus:19530"', "no 'catalog'"),
        (RIGHT + 'shard = "2"', "'shard'"),
        (RIGHT + "shards = 0", "'shards'"),
        (RIGHT + "replicas = true", "'replicas'"),
        (RIGHT + 'index = "best"', "'index'"),
        (RIGHT + "consistency = 1", "'consistency'"),
        (RIGHT.replace("postgresql", "mysql"), "postgresql://"),
    ],
)
def test_a_file_that_says_something_wrong_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text(text)
    with pytest.raises(BadClusterFile, match=said):
        read_settings(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadClusterFile, match=r"none\.toml"):
        read_settings(tmp_path / "none.toml")
