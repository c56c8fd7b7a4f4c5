"""A tiny random BERT that labels tokens, with a tokenizer of words and their pieces."""

from pathlib import Path
from typing import Any

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-DATE")
# The longest text, in tokens.
POSITIONS = 66
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def make_tiny_classifier(
    folder: Path,
    training: list[str],
    labels: tuple[str, ...] = LABELS,
    seed: int = 0,
    knows: dict[str, str] | None = None,
) -> Path:
    """Write a classifier into `folder` and give it back.

    Args:
        folder: made where it is missing.
        training: texts for the tokenizer.
        labels: that it knows.
        seed: of the weights.
        knows: words and the labels of their first pieces; all others get the first label. Random
            where it is missing.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        training, trainers.WordPieceTrainer(vocab_size=300, special_tokens=list(_SPECIAL))
    )
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ends
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(fast),
        hidden_size=len(labels) * 4,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    model = BertForTokenClassification(config)
    if knows is not None:
        _teach(model, fast, labels, knows)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def _teach(model: Any, tokenizer: Any, labels: tuple[str, ...], knows: dict[str, str]) -> None:
    """Make the label follow from a token's embedding alone: attention and layers say nothing."""
    import torch

    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
        embeddings = model.bert.embeddings.word_embeddings.weight
        embeddings[:, 0] = 1.0
        for word, label in knows.items():
            first = tokenizer(word, add_special_tokens=False)["input_ids"][0]
            embeddings[first] = 0.0
            embeddings[first, labels.index(label)] = 1.0
        for number in range(len(labels)):
            model.classifier.weight[number, number] = 1.0
