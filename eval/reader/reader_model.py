"""The reader in torch: an encoder that reads question and window together, with heads on it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel


class ReaderModel(nn.Module):
    """Start and end of the answer in the window, and whether the window holds an answer.

    The word embeddings stay as they are: the packaged encoder has the same, so that the reader does
    not have to bring its own.
    """

    def __init__(self, directory: Path) -> None:
        """Load the encoder of a sentence-transformers directory, and make new heads.

        Attention is computed in the plain way, and without dropout: on a CPU the random numbers of
        dropout take most of the time.
        """
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            str(directory),
            add_pooling_layer=False,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
        )
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        size = self.encoder.config.hidden_size
        self.span = nn.Linear(size, 2)
        self.answerable = nn.Sequential(nn.Linear(2 * size, size), nn.GELU(), nn.Linear(size, 1))

    def forward(self, ids: Tensor, mask: Tensor, window: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits of start and end, shape (n, tokens), and of answerability, shape (n,).

        A place outside the window has the lowest logit, except the first token: it stands for "no
        answer" (Devlin et al. 2019, BERT on SQuAD 2).

        Args:
            ids: token ids, shape (n, tokens).
            mask: 1 for tokens, 0 for padding, shape (n, tokens).
            window: whether a token belongs to the window, shape (n, tokens).
        """
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        start, end = self.span(states).float().unbind(-1)
        lowest = torch.finfo(torch.float32).min
        inside_start = start.masked_fill(~window, lowest)
        inside_end = end.masked_fill(~window, lowest)
        # What the likeliest answer says is seen beside what the first token gathers of all tokens.
        likely = (torch.softmax(inside_start, -1) + torch.softmax(inside_end, -1)) / 2
        answer = (likely.to(states.dtype).unsqueeze(1) @ states).squeeze(1)
        logit = self.answerable(torch.cat([states[:, 0], answer], -1)).squeeze(-1)
        start = torch.cat([start[:, :1], inside_start[:, 1:]], 1)
        end = torch.cat([end[:, :1], inside_end[:, 1:]], 1)
        return start, end, logit.float()
