"""Write a trained reader's weights as they are packaged: ``python -m eval.reader.export``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray

from embeddings.packaged import model as packaged
from eval.reader.features import Features, Featurizer, collate, sorted_batches
from eval.reader.pairs import ReadingPair
from eval.reader.reader_model import ReaderModel
from eval.reader.training_data import held_out_pairs
from eval.reader.windows import SHORT_WINDOWS, WindowCutter
from reading.packaged.weights import Thin, write_weights

HEAD_NAMES = {
    "span.weight": "span",
    "span.bias": "span_bias",
    "answerable.0.weight": "hidden",
    "answerable.0.bias": "hidden_bias",
    "answerable.2.weight": "answerable",
    "answerable.2.bias": "answerable_bias",
}

_SEED = 1

MEGABYTES = 2.5
"""Size at which the weights lose nearly nothing; see docs/explanation/reader-card.md."""

UNCALIBRATED = (1.0, 0.0, 0.0)
"""Takes the logit of answerability as it is; see :class:`reading.packaged.heads.Heads`."""


@click.command()
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="What eval.reader.train wrote.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option(
    "--megabytes", default=MEGABYTES, show_default=True, help="Size of the thin matrices."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="As for eval.reader.train: answerability is calibrated on what is held out.",
)
def export(checkpoint: Path, out: Path, megabytes: float, data: Path | None) -> None:
    """Write a checkpoint's weights as differences of low rank to the packaged encoder."""
    directory = packaged.prepare()
    model = ReaderModel(directory)
    before = {name: tensor.clone() for name, tensor in model.encoder.state_dict().items()}
    trained = torch.load(checkpoint, weights_only=True)["model"]
    if any("parametrizations" in name for name in trained):
        raise click.UsageError(f"{checkpoint} was trained with --rank, which is for comparison.")
    calibration = UNCALIBRATED
    if data is not None:
        model.load_state_dict(trained, strict=False)
        calibration = calibrated(model, directory, data)
    differences: dict[str, NDArray[np.float32]] = {}
    heads: dict[str, NDArray[np.float32]] = {"calibration": np.array(calibration, np.float32)}
    for name, tensor in trained.items():
        values = tensor.float()
        if name in HEAD_NAMES:
            heads[HEAD_NAMES[name]] = values.numpy()
        elif not name.endswith("position_ids"):
            own = name.removeprefix("encoder.")
            differences[own] = (values - before[own].float()).numpy()
    heads["answerable"] = heads["answerable"].reshape(-1)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_weights(out, thinned(differences, int(megabytes * 1e6)), heads)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


def calibrated(model: ReaderModel, directory: Path, data: Path) -> tuple[float, float, float]:
    """Return the weights of logit and margin, and the constant, that fit held-out questions."""
    from sklearn.linear_model import LogisticRegression

    featurizer = Featurizer(directory)
    cutter = WindowCutter(featurizer.count_tokens, _SEED, SHORT_WINDOWS)
    pairs = held_out_pairs(data, cutter, _SEED)
    features = [featurizer.features(pair) for pair in pairs]
    rows = answerability(model, pairs, features)
    curve = LogisticRegression().fit(rows, [pair.answerable for pair in pairs])
    of_logit, of_margin = curve.coef_[0]
    return float(of_logit), float(of_margin), float(curve.intercept_[0])


@torch.no_grad()
def answerability(
    model: ReaderModel, pairs: Sequence[ReadingPair], features: Sequence[Features]
) -> NDArray[np.float64]:
    """Return the logit, and the margin of the likeliest place to none; shape (pairs, 2)."""
    model.eval()
    rows = np.zeros((len(pairs), 2))
    for numbers in sorted_batches(features):
        batch = collate(pairs, features, numbers)
        starts, ends, logits = model(batch.ids, batch.mask, batch.window)
        none = starts[:, 0] + ends[:, 0]
        best = starts[:, 1:].max(-1).values + ends[:, 1:].max(-1).values
        rows[numbers] = torch.stack([logits, best - none], -1).double().numpy()
    return rows


def thinned(
    differences: Mapping[str, NDArray[np.float32]], size: int
) -> dict[str, NDArray[np.float32] | Thin]:
    """Return the matrices in the ranks that lose least in a number of bytes; the rest as it is.

    By the theorem of Eckart and Young, a matrix of a rank is nearest if it keeps the largest
    singular values. Those are kept that are largest for their bytes, in whichever matrix.

    Args:
        differences: by name.
        size: bytes of all thin matrices, a byte for a number.
    """
    made: dict[str, NDArray[np.float32] | Thin] = {}
    parts: dict[str, tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = {}
    worth: list[tuple[float, int, str]] = []
    for name, difference in differences.items():
        if difference.ndim != 2:
            made[name] = difference
            continue
        left, values, right = torch.linalg.svd(torch.from_numpy(difference), full_matrices=False)
        parts[name] = (left, values, right)
        cost = sum(difference.shape)
        worth += [(float(value) ** 2 / cost, cost, name) for value in values]
    ranks = dict.fromkeys(parts, 0)
    for _, cost, name in sorted(worth, reverse=True):
        if cost > size:
            break
        size -= cost
        ranks[name] += 1
    for name, (left, values, right) in parts.items():
        rank = max(ranks[name], 1)
        roots = values[:rank].sqrt()
        made[name] = Thin(
            (left[:, :rank] * roots).T.contiguous().numpy(),
            (right[:rank] * roots[:, None]).contiguous().numpy(),
        )
    return made


if __name__ == "__main__":
    export()
