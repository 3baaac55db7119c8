"""Write the XLM-R unigram vocabulary as a ``tokenizer.json`` that ``tokenizers`` loads."""

from __future__ import annotations

from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import normalizers as norm
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from embeddings.packaged.e5s1 import Vocabulary
from embeddings.tokenization.sentencepiece_model import charsmap


def write_tokenizer(vocabulary: Vocabulary, path: Path) -> None:
    """Write a tokenizer that does the steps of SentencePiece's unigram model.

    The steps: normalise each character, fold runs of spaces, mark words, search for the best
    pieces. ``tests/unit/embeddings`` compares the tokens with a second implementation and with the
    package's own engine.
    """
    model = Unigram(
        list(zip(vocabulary.pieces, vocabulary.scores, strict=True)),
        unk_id=vocabulary.unk,
        byte_fallback=False,
    )
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = norm.Sequence(
        [
            norm.Precompiled(charsmap(vocabulary.normalisation)),
            norm.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = MetaspaceDecoder(prepend_scheme="always", split=True)
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    special = [vocabulary.pieces[i] for i in range(4)] + ["<mask>"]
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in special])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    tokenizer.save(str(path), pretty=False)
