"""Train the reader: ``python -m eval.reader.train --data DATA --out FOLDER``.

It learns in three stages, from :mod:`eval.reader.training_data`. The same data and seed give the
same batches. Every few minutes the state is written to ``FOLDER/STAGE.pt``, and the figures on
held-out questions to ``FOLDER/log.jsonl``; the same command goes on from there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click
import torch
from torch import Tensor
from torch.nn import functional

from embeddings.packaged import model as packaged
from eval.reader.features import Features, Featurizer, ReadingBatch, collate, shuffled_batches
from eval.reader.low_rank import train_in_low_rank
from eval.reader.pairs import ReadingPair
from eval.reader.reader_model import ReaderModel
from eval.reader.reading_figures import read_pairs, reading_figures
from eval.reader.training_data import answer_pairs, held_out_pairs, span_pairs
from eval.reader.windows import LONG_WINDOWS, MIXED_WINDOWS, SHORT_WINDOWS, WindowCutter

_SEED = 1
_CHECKPOINT_S = 420.0
_LOG_STEPS = 25
_LOG_EVERY = 7
"""One held-out pair in so many is read for the log: all of them take a minute."""

_HEADS = 4.0
"""How much faster the heads learn than the encoder: they begin at random."""

_WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""


@dataclass(frozen=True)
class Stage:
    """What is learnt at a time.

    Attributes:
        name: of its checkpoint.
        pairs: makes the pairs from the data's folder.
        epochs: how often each pair is seen.
        rate: highest learning rate.
        windows: tokens of the windows.
        seed: of what is drawn at random.
    """

    name: str
    pairs: Callable[[Path, WindowCutter, int], list[ReadingPair]]
    epochs: int
    rate: float
    windows: Sequence[int]
    seed: int


STAGES = (
    Stage("spans", span_pairs, 1, 1.5e-4, LONG_WINDOWS, _SEED),
    Stage("answers", answer_pairs, 1, 1e-4, SHORT_WINDOWS, _SEED),
    Stage("mixed", answer_pairs, 1, 8e-5, MIXED_WINDOWS, _SEED + 1),
)
"""The last one sees the same questions with other windows, among them longer ones. Rates and epochs
are chosen manually by the time that they take, not tuned."""


LEFT_OUT: Mapping[str, Callable[[ReadingPair], bool]] = {
    "twins": lambda pair: pair.kind == "twin",
    "hard-negatives": lambda pair: (
        pair.kind in ("near miss", "swapped", "retrieved", "same subject")
    ),
    "cross": lambda pair: len(set(pair.languages.split("-"))) == 2,
}
"""Kinds of pairs that ``--without`` leaves out."""


@dataclass(frozen=True)
class PairSet:
    """Pairs with their features."""

    pairs: Sequence[ReadingPair]
    features: Sequence[Features]


class Training:
    """A model that learns, its optimiser, and how far it is."""

    def __init__(self, model: ReaderModel, steps: int, rate: float) -> None:
        """Begin to learn, in so many steps, at a rate that rises and then falls to zero."""
        self.model = model
        self.step = 0
        encoder = [each for each in model.encoder.parameters() if each.requires_grad]
        heads = [*model.span.parameters(), *model.answerable.parameters()]
        self._optimiser = torch.optim.AdamW(
            [{"params": encoder, "lr": rate}, {"params": heads, "lr": rate * _HEADS}]
        )
        warm = max(1, int(steps * _WARM_UP))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm))),
        )

    def learn(self, batch: ReadingBatch) -> tuple[float, float]:
        """Take one step; return the losses of answerability and of places."""
        # Half precision takes a third of the time on a CPU that has bfloat16.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            start, end, logit = self.model(batch.ids, batch.mask, batch.window)
        answerable = functional.binary_cross_entropy_with_logits(logit, batch.answerable)
        places = _place_loss(batch, start, end)
        (answerable + places).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return float(answerable.detach()), float(places.detach())

    def save(self, path: Path) -> None:
        """Write the state; the word embeddings, which do not change, are left out."""
        trained = {
            name: tensor
            for name, tensor in self.model.state_dict().items()
            if "word_embeddings" not in name
        }
        part = path.with_suffix(".part")
        torch.save(
            {
                "model": trained,
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
                "step": self.step,
            },
            part,
        )
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a state that was written."""
        saved = torch.load(path, weights_only=True)
        self.model.load_state_dict(saved["model"], strict=False)
        self._optimiser.load_state_dict(saved["optimiser"])
        self._schedule.load_state_dict(saved["schedule"])
        self.step = saved["step"]


def _place_loss(batch: ReadingBatch, start: Tensor, end: Tensor) -> Tensor:
    """Return the mean cross-entropy of start and end over the pairs whose place is known."""
    known = batch.start >= 0
    if not known.any():
        return start.new_zeros(())
    first = functional.cross_entropy(start[known], batch.start[known])
    last = functional.cross_entropy(end[known], batch.end[known])
    return (first + last) / 2


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(sorted(LEFT_OUT)),
    help="Leave out some pairs, to see what they are good for.",
)
@click.option("--rank", type=click.IntRange(1), help="Learn differences of this rank (LoRA).")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    help="Share of the steps of each stage.",
)
def train(data: Path, out: Path, without: Sequence[str], rank: int | None, share: float) -> None:
    """Train the reader on public question sets and on our own questions."""
    directory = packaged.prepare()
    out.mkdir(parents=True, exist_ok=True)
    featurizer = Featurizer(directory)
    torch.manual_seed(_SEED)
    reader = ReaderModel(directory)
    if rank is not None:
        train_in_low_rank(reader.encoder, rank)
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        for stage in STAGES:
            cutter = WindowCutter(featurizer.count_tokens, stage.seed, stage.windows)
            pairs = [
                pair
                for pair in stage.pairs(data, cutter, stage.seed)
                if not any(LEFT_OUT[name](pair) for name in without)
            ]
            learnt = _pair_set(featurizer, pairs)
            held_out = _pair_set(featurizer, held_out_pairs(data, cutter, stage.seed)[::_LOG_EVERY])
            plan = _plan(learnt, stage)
            plan = plan[: max(1, round(len(plan) * share))]
            training = Training(reader, len(plan), stage.rate)
            checkpoint = out / f"{stage.name}.pt"
            if checkpoint.exists():
                training.load(checkpoint)
            _note(log, stage=stage.name, pairs=len(learnt.pairs), steps=len(plan))
            _run(training, plan, learnt, held_out, checkpoint, log)


def _plan(learnt: PairSet, stage: Stage) -> list[list[int]]:
    """Return the numbers of the pairs of each step."""
    plan: list[list[int]] = []
    for epoch in range(stage.epochs):
        plan += shuffled_batches(learnt.features, stage.seed + epoch)
    return plan


def _pair_set(featurizer: Featurizer, pairs: Sequence[ReadingPair]) -> PairSet:
    """Return the pairs with features, without those whose answer was cut off."""
    made = [(pair, featurizer.features(pair)) for pair in pairs]
    kept = [(pair, each) for pair, each in made if each.start >= 0 or not pair.answers]
    return PairSet([pair for pair, _ in kept], [each for _, each in kept])


def _run(
    training: Training,
    plan: Sequence[Sequence[int]],
    learnt: PairSet,
    held_out: PairSet,
    checkpoint: Path,
    log: TextIO,
) -> None:
    started = saved = time.monotonic()
    losses: list[tuple[float, float]] = []
    tokens = 0
    while training.step < len(plan):
        batch = collate(learnt.pairs, learnt.features, plan[training.step])
        losses.append(training.learn(batch))
        tokens += int(batch.mask.sum())
        now = time.monotonic()
        if training.step % _LOG_STEPS == 0:
            answerable, places = (sum(some) / len(some) for some in zip(*losses, strict=True))
            losses.clear()
            _note(
                log,
                step=training.step,
                answerable=round(answerable, 4),
                places=round(places, 4),
                tokens_per_s=round(tokens / (now - started)),
            )
        if now - saved > _CHECKPOINT_S or training.step == len(plan):
            training.save(checkpoint)
            answers, logits = read_pairs(training.model, held_out.pairs, held_out.features)
            _note(
                log, step=training.step, held_out=reading_figures(held_out.pairs, answers, logits)
            )
            saved = time.monotonic()


def _note(log: TextIO, **figures: object) -> None:
    line = json.dumps(figures)
    log.write(f"{line}\n")
    log.flush()
    click.echo(line)


if __name__ == "__main__":
    train()
