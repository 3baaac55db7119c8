from __future__ import annotations

import torch
from torch import nn

from eval.reader.low_rank import train_in_low_rank


def model() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Embedding(9, 6), nn.Linear(6, 5), nn.LayerNorm(5), nn.Linear(5, 4))


def test_it_begins_as_the_model_was() -> None:
    plain, low = model(), model()
    train_in_low_rank(low, 2)
    ids = torch.arange(9)
    torch.testing.assert_close(low(ids), plain(ids))


def test_only_differences_of_low_rank_are_learnt() -> None:
    plain, low = model(), model()
    train_in_low_rank(low, 2)
    learnt = {name: each for name, each in low.named_parameters() if each.requires_grad}
    assert sorted(name.rpartition(".")[2] for name in learnt) == ["left", "left", "right", "right"]
    optimiser = torch.optim.SGD(learnt.values(), lr=0.01)
    for _ in range(3):
        low(torch.arange(9)).square().sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    for number in (1, 3):
        difference = low[number].weight - plain[number].weight  # type: ignore[index]
        assert 0 < torch.linalg.matrix_rank(difference, atol=1e-5) <= 2
        torch.testing.assert_close(low[number].bias, plain[number].bias)  # type: ignore[index]
    torch.testing.assert_close(low[0].weight, plain[0].weight)  # type: ignore[index]
