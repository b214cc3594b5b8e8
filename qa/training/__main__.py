"""`python -m qa.training --data FOLDER`: first public examples alone, then others mixed with the
project's own documents, then its clusters mixed with a share of both; writes the adapter and the
figures of its model card.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from index import IndexSettings
from index.embedding import Embedding
from qa.reader import ADAPTER, Reader
from qa.reader_model import AdapterShape, ReaderModel, save
from qa.training import clusters, corrections
from qa.training import examples as sets
from qa.training.examples import Example
from qa.training.intents import fit
from qa.training.measure import calibrate, figures, predict
from qa.training.train import Recipe, train

# What goes among later examples, so that what it taught is kept:
PUBLIC = 1800  # public examples, twice
OWN = 3000  # examples of our own documents, among the clusters
LATER = 0.6  # the share of the weights after the clusters in the average with those before
LAST = 0.6  # the share of the time that the clusters get
OURS = ("own", "cluster")  # sources of our own


def public(data: Path, dice: random.Random) -> tuple[list[Example], list[Example]]:
    """Return training and held-out examples of the public sets."""
    squad_train, squad_test = sets.held_out(
        sets.squad(data / "squad2/cs224n_dev-v2.0.json", "squad2"), 0.15
    )
    korquad = sets.squad(data / "korquad/KorQuAD_v1.0_dev.json", "korquad")
    korquad_train, korquad_test = sets.held_out(korquad, 0.15)
    klue_train, klue_test = sets.held_out(sets.klue(data / "klue_nli/klue-nli-v1.1_dev.json"), 0.1)
    wice_train, wice_test = sets.held_out(
        sets.wice(data / "wice/oracle_chunks_claim_dev.jsonl"), 0.15
    )
    training = [
        *dice.sample(squad_train, 4000), *sets.elsewhere(squad_train, 400, dice),
        *dice.sample(korquad_train, 1300), *sets.elsewhere(korquad_train, 800, dice),
        *dice.sample(klue_train, 1500), *wice_train,
    ]  # fmt: skip
    training = [sets.shortened(e, 500 if e.source == "korquad" else 900) for e in training]
    testing = [
        *dice.sample(squad_test, 200), *dice.sample(korquad_test, 120),
        *sets.elsewhere(korquad_test, 80, dice), *dice.sample(klue_test, 150), *wice_test[:120],
    ]  # fmt: skip
    return training, testing


def own(embedding: Embedding) -> tuple[list[Example], list[Example]]:
    """Return training and held-out examples of the project's own documents.

    Each writing of documents is split by itself: a later one does not move the split of an earlier.
    """
    training: list[Example] = []
    testing: list[Example] = []
    for files in sets.WRITINGS:
        found = [
            e for name in files for e in sets.own(sets.OWN / f"writer-{name}.jsonl", embedding)
        ]
        kept, out = sets.held_out(found, sets.HELD_OUT)
        training += kept
        testing += out
    return training, testing


def clustered(embedding: Embedding) -> tuple[list[Example], list[Example]]:
    """Return training and held-out examples of the project's own clusters."""
    training: list[Example] = []
    testing: list[Example] = []
    for cluster in clusters.every():
        found = clusters.examples(cluster, embedding)
        (testing if clusters.is_held_out(cluster) else training).extend(found)
    return training, testing


def main() -> int:
    """Train, measure, calibrate, save; or make one of the two small models."""
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--out", type=Path, default=ADAPTER, help="where the adapter goes")
    parser.add_argument("--seconds", type=float, default=9000, help="of training (default: 9000)")
    parser.add_argument(
        "--start", type=Path, help="an adapter to go on from with the last stage, the clusters"
    )
    parser.add_argument("--intents", action="store_true", help="make only the model of intents")
    parser.add_argument(
        "--corrections", action="store_true", help="make only the model of corrections"
    )
    chosen = parser.parse_args()
    if chosen.intents:
        print(json.dumps(fit(Embedding.of(IndexSettings.from_environment()))))
        return 0
    if chosen.corrections:
        print(json.dumps(corrections.fit(opened(chosen.out))))
        return 0
    if not chosen.data:
        parser.error("--data names the folder of the public sets; the reader is trained on them")
    facts = make(chosen.data, chosen.out, chosen.seconds, chosen.start)
    chosen.out.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(facts, indent=2))
    return 0


def make(data: Path, out: Path, seconds: float, start: Path | None) -> dict[str, Any]:
    """Train an adapter, write it with its calibration, fit the model of corrections to it.

    Returns:
        Counts of examples and figures on what is held out.
    """
    torch.manual_seed(0)
    dice = random.Random(4 if start else 3)
    embedding = Embedding.of(IndexSettings.from_environment())
    tokenizer = embedding.tokenizer()
    (own_train, own_test), (near_train, near_test) = own(embedding), clustered(embedding)
    public_train, public_test = public(data, dice)
    dice.shuffle(public_train)
    near = near_train + dice.sample(own_train, OWN) + public_train[-PUBLIC:]
    before = [public_train[: -2 * PUBLIC], own_train + public_train[-2 * PUBLIC : -PUBLIC]]
    model = ReaderModel(embedding.transformer(), AdapterShape())

    def run(stages: list[list[Example]], recipe: Recipe) -> int:
        return train(model, tokenizer, stages, recipe, print, keep=lambda: save(model, out, {}))

    seen = 0
    if start:
        earlier = {name: t.float() for name, t in load_file(start).items()}
        model.load_state_dict(earlier, strict=False)
    else:
        seen += run(before, Recipe(seconds * (1 - LAST), rate=3e-4))
    earlier = {name: t.clone() for name, t in model.trained().items()}
    seen += run([near], Recipe(seconds * (1.0 if start else LAST), rate=2.5e-4))
    average(model, earlier)
    stages = [near] if start else [*before, near]
    counts = {"seen": seen, **Counter(e.source for stage in stages for e in stage)}
    facts = {
        "examples": counts,
        **measure(model, tokenizer, [*public_test, *own_test, *near_test]),
    }
    save(model, out, facts)
    facts["corrections"] = corrections.fit(opened(out))
    return facts


def average(model: ReaderModel, earlier: Mapping[str, torch.Tensor]) -> None:
    """Move the trained weights back towards earlier ones (Wortsman et al. 2022, "Robust fine-tuning
    of zero-shot models"): what was learnt first is kept, and more is right on texts of other kinds.
    """
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name in earlier:
                tensor.copy_(LATER * tensor + (1 - LATER) * earlier[name])


def opened(adapter: Path) -> Reader:
    """Return the reader with an adapter, ready to read."""
    embedding = Embedding.of(IndexSettings.from_environment())
    return Reader.load(embedding.transformer(), embedding.tokenizer(), adapter)


def measure(model: ReaderModel, tokenizer: Any, testing: Sequence[Example]) -> dict[str, Any]:
    """Return figures by data set and kind, and the calibration of both heads on our own held-out parts."""
    seen = predict(model, tokenizer, testing)
    facts: dict[str, Any] = {"figures": {}, "calibration": {}}
    for source in sorted({s.example.source for s in seen}):
        for kind in ("question", "claim"):
            part = [s for s in seen if s.example.source == source and s.example.kind == kind]
            if part:
                facts["figures"][f"{source} {kind}s"] = figures(part)
    for kind, head in (("question", "answered"), ("claim", "entailed")):
        part = [s for s in seen if s.example.source in OURS and s.example.kind == kind]
        facts["calibration"][head] = calibrate(
            [s.logit for s in part], [s.example.label for s in part]
        )
    return facts


if __name__ == "__main__":
    sys.exit(main())
