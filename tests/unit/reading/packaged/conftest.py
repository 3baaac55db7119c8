"""The packaged reader, on OpenVINO and on torch."""

from __future__ import annotations

import pytest

from embeddings import EncoderOptions
from reading.packaged import model
from reading.packaged.joint_reader import JointReader


@pytest.fixture(scope="package")
def reader() -> JointReader:
    """The packaged reader; it is compiled once for all runs."""
    return model.load(EncoderOptions())


@pytest.fixture(scope="package")
def on_torch() -> JointReader:
    return model.load(EncoderOptions(runtime="torch"))
