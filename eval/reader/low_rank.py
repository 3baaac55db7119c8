"""Training differences of low rank instead of all weights (LoRA, Hu et al. 2021)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


class LowRankDifference(nn.Module):
    """Adds to a matrix the product of two thin ones; the matrix itself stays as it is."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        """Begin without a difference.

        Args:
            weight: shape (rows, columns).
            rank: of the difference.
        """
        super().__init__()
        rows, columns = weight.shape
        self.left = nn.Parameter(torch.zeros(rows, rank))
        self.right = nn.Parameter(torch.randn(rank, columns) / columns**0.5)

    def forward(self, weight: Tensor) -> Tensor:
        """Return the matrix with the difference."""
        return weight + self.left @ self.right


def train_in_low_rank(encoder: nn.Module, rank: int) -> None:
    """Let an encoder learn differences of low rank to the matrices of its layers, and nothing else.

    Args:
        encoder: a transformer.
        rank: of the differences.
    """
    for parameter in encoder.parameters():
        parameter.requires_grad_(False)
    linear = [module for module in encoder.modules() if isinstance(module, nn.Linear)]
    for module in linear:
        parametrize.register_parametrization(
            module, "weight", LowRankDifference(module.weight, rank)
        )
