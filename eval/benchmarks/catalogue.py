"""The benchmarks by name. Another one is a function from a folder to a `Set`, named here."""

from collections.abc import Callable
from pathlib import Path

from eval.benchmarks import beir, claims, multihop, rgb, spans
from eval.benchmarks.sets import Set
from eval.errors import EvaluationError

BENCHMARKS: dict[str, Callable[[Path], Set]] = {
    "squad": spans.squad,
    "korquad": spans.korquad,
    "xquad": spans.xquad,
    "rgb": rgb.rgb,
    "hotpotqa": multihop.hotpotqa,
    "multihop-rag": multihop.multihop_rag,
    "beir": beir.beir,
    "scifact": beir.scifact,
    "ragtruth": claims.ragtruth,
    "wice": claims.wice,
    "klue-nli": claims.klue_nli,
}


def read_set(name: str, folder: Path) -> Set:
    """Read a benchmark from the folder that holds its data.

    Raises:
        EvaluationError: there is no benchmark of that name, or the data is not as published.
    """
    if name not in BENCHMARKS:
        known = ", ".join(BENCHMARKS)
        raise EvaluationError(f"There is no benchmark {name!r}; choose one of {known}.")
    found = BENCHMARKS[name](folder)
    if not found.questions and not found.claims:
        message = f"The benchmark files in {str(folder)!r} hold no question"
        raise EvaluationError(f"{message}; get them again from their authors.")
    return found
