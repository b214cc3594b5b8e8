"""Our own network against the arithmetic it stands for, and against the published implementation."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from index import IndexSettings
from index.embedding import Embedding
from index.gemma import WIDTH, WINDOW, Attention, Network, Norm, Rotation
from index.gemma_files import LONGEST, TOKENS_AT_ONCE, Gemma, Rows, _batches, is_gemma
from index.weights import is_present, resolve

TEXTS = [
    "title: none | text: The harbour opened in 1990.",
    "title: 강 | text: 강을 건너는 다리는 봄에 열렸다. 시장이 직접 테이프를 끊었다.",
    "title: Long | text: " + "The ferry leaves at noon and the gulls follow it out to sea. " * 40,
]


def small_network(seed: int = 0) -> Network:
    """Return a network of two layers with a random vocabulary of ten tokens."""
    torch.manual_seed(seed)
    network = Network(nn.Embedding(10, WIDTH))
    network.layers = network.layers[:2]
    return network.eval()


def write_rows(file: Path, table: np.ndarray) -> Path:
    header = json.dumps(
        {"embed_tokens.weight": {"dtype": "F32", "shape": table.shape,
                                 "data_offsets": [0, table.nbytes]}}
    ).encode()  # fmt: skip
    header += b" " * (-len(header) % 8)
    file.write_bytes(len(header).to_bytes(8, "little") + header + table.tobytes())
    return file


def test_a_norm_gives_length_one_per_component_and_then_scales() -> None:
    norm = Norm(4)
    norm.weight.data = torch.tensor([0.0, 1.0, 0.0, -1.0])
    given = norm(torch.tensor([[3.0, 3.0, -3.0, 3.0]]))
    assert torch.allclose(given, torch.tensor([[1.0, 2.0, -1.0, 0.0]]), atol=1e-5)


def test_a_rotation_keeps_lengths_and_depends_on_the_distance_alone() -> None:
    turn = Rotation([5], 10_000.0, torch.float32)
    x = torch.randn(1, 1, 256).expand(5, 1, 256)
    turned = turn(x)
    assert torch.allclose(turned.norm(dim=-1), x.norm(dim=-1), atol=1e-3)
    assert torch.allclose(turned[0], x[0]), "the first position is not rotated"
    products = (turned[:4] * turned[1:]).sum(-1).flatten()
    assert torch.allclose(products, products[0].expand(4), rtol=1e-4)


@torch.inference_mode()
def test_texts_that_go_through_together_do_not_see_each_other() -> None:
    network = small_network()
    one, other = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6, 7, 8])
    both = network.packed(torch.cat([one, other]), [3, 5])
    assert torch.allclose(both[:3], network.packed(one, [3]), atol=1e-5)
    assert torch.allclose(both[3:], network.packed(other, [5]), atol=1e-5)


@torch.inference_mode()
def test_padding_changes_nothing_and_comes_out_as_zero() -> None:
    network = small_network()
    ids = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    hidden = network(input_ids=ids, attention_mask=mask).last_hidden_state
    assert torch.allclose(hidden[0, :3], network.packed(ids[0, :3], [3]), atol=1e-5)
    assert not hidden[0, 3:].any()


@torch.inference_mode()
def test_a_local_layer_sees_only_its_window() -> None:
    torch.manual_seed(1)
    attention = Attention().eval()
    length = WINDOW + 3
    x = torch.randn(length, WIDTH)
    changed = x.clone()
    changed[-1] += 1.0
    turn = Rotation([length], 10_000.0, torch.float32)
    near, far = (
        (attention(x, turn, [length], window) - attention(changed, turn, [length], window))
        .abs().amax(-1) > 1e-6
        for window in (True, False)
    )  # fmt: skip
    assert not near[:2].any() and near[2:].all(), "256 tokens to either side, no more"
    assert far.all()


def test_rows_come_from_the_file_in_any_order(tmp_path: Path) -> None:
    table = np.arange(5 * WIDTH, dtype=np.float32).reshape(5, WIDTH)
    rows = Rows(write_rows(tmp_path / "model.safetensors", table), torch.float32)
    given = rows(torch.tensor([4, 0, 4, 2]))
    assert np.allclose(given.numpy(), table[[4, 0, 4, 2]] * math.sqrt(WIDTH))


def test_batches_hold_every_text_once_with_like_lengths_together() -> None:
    lengths = [10, 3000, 2000, 20, 1500, 2048]
    batches = list(_batches(lengths))
    assert sorted(n for batch in batches for n in batch) == list(range(6))
    assert batches == [[1], [5, 2], [4, 3, 0]]
    assert all(sum(lengths[n] for n in batch) <= TOKENS_AT_ONCE for batch in batches)
    assert list(_batches([])) == []


def test_only_this_network_is_taken_for_it(tmp_path: Path) -> None:
    assert not is_gemma(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "modules.json").write_text("[]")
    assert not is_gemma(tmp_path)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    settings = IndexSettings.from_environment()
    if not is_present(resolve(settings.embedding), settings.home):
        pytest.skip("the weights are not here: run `python -m index weights`")
    yield Embedding.of(settings).folder


@pytest.mark.models
def test_the_real_network_gives_what_the_published_implementation_gives(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    assert is_gemma(folder)
    published = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    published = published.to(torch.float32)
    theirs = published.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    exact = Gemma(folder, torch.float32).embed(TEXTS)
    short = Gemma(folder, torch.bfloat16).embed(TEXTS)
    assert (exact * theirs).sum(1).min() > 0.99999
    assert (short * theirs).sum(1).min() > 0.9998
    words, tokens = Gemma(folder, torch.bfloat16).words, published.tokenizer
    for text in [*TEXTS, "<eos> a\tb\n\n🙂 漢字 ﷺ"]:
        for special in (True, False):
            own = words(text, add_special_tokens=special, return_offsets_mapping=True)
            given = tokens(text, add_special_tokens=special, return_offsets_mapping=True)
            assert own["input_ids"] == list(given["input_ids"])
            assert own["offset_mapping"] == [tuple(pair) for pair in given["offset_mapping"]]
    assert [len(ids) for ids in words.whole(["a " * 5000])] == [LONGEST]
