"""What is done in processes that are killed or starved, and how its result is looked at.

Every deed is a function of plain values, so that it can be sent to another process. Importing this
loads all that the deeds need, once, for every process of `tests/torture/forge.py`.
"""

import importlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index import Index, IndexingError, IndexSettings, Retriever, weights
from index.models import Carrier, Model, ModelFile
from index.store import Store
from index.tokenizer import words
from qa.answer import Citation, Sentence
from qa.page import files
from qa.records.conversations import Conversation, Conversations, Turn
from sources.language import language_of
from tests.fakes import FakeEmbedding

# What takes seconds to load is loaded before the fork.
words("서울은 비가 온다.")
language_of("It rains in Seoul, and nobody is out of doors.")
importlib.import_module("chromadb.api.rust")

QUESTION = "Where did the robot cross the river? 서울"


def _open(folder: str, home: str, model: str) -> Index:
    settings = IndexSettings(home=Path(home))
    return Index.open(Path(folder), settings, embedding=FakeEmbedding(model_name=model))


def sync(folder: str, home: str, model: str = "fake") -> int:
    """Bring an index up to date; return the number of passages embedded."""
    with _open(folder, home, model) as index:
        return index.sync().embedded


def whole(folder: str, home: str, models: tuple[str, ...]) -> list[str]:
    """Return what is wrong with an index as it is, before any sync: nothing half may show."""
    wrong: list[str] = []
    answered = 0
    for model in models:
        with _open(folder, home, model) as index:
            try:
                hits = Retriever(index).search(QUESTION)
            except IndexingError as error:
                if "made with other settings" not in str(error):
                    wrong.append(str(error))
                continue
            answered += 1
            if not hits:
                wrong.append("nothing is found any more")
            texts = {record.path: index.document(record.path).text for record in index.documents()}
            wrong += [
                f"a passage of {hit.path} is not its text"
                for hit in hits
                if texts.get(hit.path, "")[hit.start : hit.end] != hit.text
            ]
    if answered != 1:
        wrong.append(f"{answered} of {len(models)} models can ask, not one")
    return wrong


def documents(folder: str, home: str, model: str) -> dict[str, str]:
    """Return the text of every indexed document by path."""
    with _open(folder, home, model) as index:
        return {record.path: index.document(record.path).text for record in index.documents()}


def held(home: str) -> dict[str, Any]:
    """Return everything that an index holds, but for times and row numbers: to be compared."""
    (place,) = [path for path in (Path(home) / "indexes").iterdir() if path.is_dir()]
    connection = sqlite3.connect(place / "index.sqlite")
    connection.execute("INSERT INTO lexical (lexical) VALUES ('integrity-check')")

    def rows(sql: str) -> list[list[Any]]:
        return sorted([list(row) for row in connection.execute(sql)], key=json.dumps)

    found: dict[str, Any] = {
        "sound": rows("PRAGMA integrity_check"),
        "meta": rows("SELECT * FROM meta"),
        "files": rows("SELECT * FROM files"),
        "documents": rows("SELECT generation, path, sha256, text, metadata FROM documents"),
        "passages": rows(
            "SELECT generation, id, path, start, text, sentences, heading, language FROM passages"
        ),
        "words": rows(
            "SELECT p.id, l.words, l.pairs FROM lexical l"
            " LEFT JOIN passages p ON p.number = l.rowid"
        ),
    }
    connection.close()
    store = Store(place / "chroma")
    for name in store.names("footnote-"):
        got = store._collection(name).get(include=["documents", "metadatas", "embeddings"])
        found[name.rpartition("-")[2]] = sorted(
            [id, text, sorted(dict(row).items()), vector.round(5).tolist()]
            for id, text, row, vector in zip(
                got["ids"], got["documents"], got["metadatas"], got["embeddings"], strict=True
            )
        )
    store.close()
    return found


def upload(source: str, name: str, folder: str) -> str | None:
    """Upload a file; return why it was refused."""
    return files.save_as(Path(source), name, Path(folder), (".txt",)).problem


def take_out(name: str, folder: str) -> str | None:
    """Remove a file, as the page does; return why not."""
    return files.remove(name, Path(folder)).problem


def tiny(parts: tuple[bytes, ...], sha256: str) -> Model:
    """Return a model of one file, carried in wheels named tiny-part1 and so on."""
    carriers = tuple(
        Carrier(f"tiny-part{n}", "0.2.0", f"tiny_part{n}/data/part{n:02}.bin")
        for n in range(1, len(parts) + 1)
    )
    size = sum(map(len, parts))
    file = ModelFile("tiny.gguf", size, sha256)
    return Model("tiny", "language", "Apache-2.0", carriers, (file,), size, "nobody/tiny")


def fetch(model: Model, home: str, shelf: str) -> str:
    """Fetch a model from a folder; return the path of its file."""
    return str(weights.ensure(model, home=Path(home), folder=Path(shelf), progress=False))


def is_present(model: Model, home: str) -> bool:
    """Say whether a model counts as verified."""
    return weights.is_present(model, Path(home))


def talk(id: str, turns: int) -> Conversation:
    """Return a conversation of so many turns, all alike but for their numbers."""
    citation = Citation("river.txt", "Boats", 0, 40, "The robot crossed the river on a Monday.")
    said = tuple(
        Turn(
            f"Question {n}?",
            (Sentence(f"Sentence {n}. " * 40, "supported", (citation,)),),
            stage=None,
        )
        for n in range(turns)
    )
    return Conversation(id, "Boats", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z", said)


def keep(folder: str, id: str, turns: int) -> None:
    """Write a conversation."""
    Conversations(Path(folder)).save(talk(id, turns))


def kept(folder: str, id: str) -> dict[str, Any]:
    """Read a conversation back."""
    return asdict(Conversations(Path(folder)).load(id))


def listed(folder: str) -> int:
    """Return how many conversations the list shows."""
    return len(Conversations(Path(folder)).list())


def told(id: str, turns: int) -> dict[str, Any]:
    """Return a conversation as `kept` would, without any file."""
    return asdict(talk(id, turns))
