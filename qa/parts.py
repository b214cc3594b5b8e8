"""Splits a question that asks for several things into questions that each ask for one, so that
every part is searched and read for by itself: passages that answer one half hide the other.
"""

import re

from index.kiwi import topic
from qa.errors import ModelError
from qa.language_model import LanguageModel
from qa.prompts import PARTS_SYSTEM, PARTS_USER
from qa.question import language_of

MOST_PARTS = 3
WH = r"\b(?:who|whom|whose|what|when|where|which|why|how)\b"
WH_KO = r"(?:누구|누가|뭐|뭘|무엇|무슨|언제|어디|몇|어느|어떤|얼마|며칠|왜|어떻게)"
# Two question words, two things joined, or a comparison.
COMPOSITE = re.compile(
    rf"{WH}.*(?:,|;|\band\b|&|\?).*{WH}|\b(?:who|what|when|where|which|how)\b[^?]*\?.*\?"
    r"|\b(?:both|each|respectively|also|in common|as well as|compared? (?:to|with)|differ(?:s|ence|ent)?|whereas)\b"
    r"|\b(?:is|are|was|were|did|do|does|has|have) (?:all|any|either|every|one) of\b|\b(?:more|fewer|larger|bigger|earlier|later) than\b"
    r"|\b(?:names?|people|heads?|titles?|dates?|roles?|positions?|leaders?)\b.*\band\b"
    r"|\b(?:same|agree|disagree|match|contradict)\b",
    re.IGNORECASE,
)
# Questions to all documents together.
ACROSS = re.compile(
    r"\b(?:across|in|by|from|between|over) (?:all|both|the two|these|the different)(?: of)?(?: the| these| those)? "
    r"(?:articles|documents|sources|texts|papers|files|reports|briefings)\b|\ball (?:the )?(?:articles|documents|sources|texts) (?:together|taken)"
    r"|(?:문서|기사|자료|글|파일)(?:들)?(?:을|를|은|는)?\s?(?:전체|모두|다|전부)(?:를|을|에서)?\s?(?:합|통틀|보|놓고|에서|걸쳐)|(?:모든|전체) (?:문서|기사|자료|글)",
    re.IGNORECASE,
)
COMPOSITE_KO = re.compile(rf"{WH_KO}.*(?:고|며|이랑|랑|와|과|,|그리고)\s.*{WH_KO}")
JOINT_KO = re.compile(rf"(?<=[가-힣])(?:이고|하고|했고|됐고|고|이며|며)(?:요)?[,\s]+(?=.*{WH_KO})")
# Two things that are to be compared, and a set of which some are asked for.
COMPARED_KO = re.compile(
    r"(?P<a>.{4,}?)(?:이?랑|와|과|하고)\s(?P<b>.{4,}?)(?:이|가|은|는)?\s(?:(?:기사|문서|자료)\S*\s|서로\s)*"
    r"(?:같|다르|다른|다릅|동일|일치|차이)"
)
AMONG_KO = re.compile(
    r"(?P<set>.{6,}?[가-힣]+들?)\s?(?:가운데|중)(?:에서|에서는|에는|에)?,?\s(?P<rest>.{6,})"
)


def parts(question: str, model: LanguageModel | None) -> list[str]:
    """Return the simple questions in `question`, at least two, or nothing where it is simple.

    English is split by the model, whose questions may not bring in anything new; Korean, which the
    small model rewrites badly, at its joints, each part with the topic of the whole.
    """
    if language_of(question) == "ko":
        return _split_korean(question)
    if model is None or not COMPOSITE.search(question):
        return []
    try:
        lines = model.write(PARTS_SYSTEM, PARTS_USER.format(question=question)).splitlines()
    except ModelError:
        return []
    found = [line.strip() for line in lines if line.strip()][:MOST_PARTS]
    return found if len(found) > 1 and all(_asks_within(part, question) for part in found) else []


def _split_korean(question: str) -> list[str]:
    if two := COMPARED_KO.match(question):
        return [f"{two['a'].strip()}?", f"{two['b'].strip()}?"]
    if among := AMONG_KO.match(question):
        return [f"{among['set']}?", among["rest"]]
    if not COMPOSITE_KO.search(question):
        return []
    pieces = [piece.strip(" ,?") for piece in JOINT_KO.split(question) if piece.strip(" ,?")]
    if len(pieces) < 2 or not all(re.search(WH_KO, piece) for piece in pieces):
        return []
    about = topic(pieces[0])
    about = about if about != pieces[0] else ""
    return [pieces[0], *(f"{about} {piece}".strip() for piece in pieces[1:MOST_PARTS])]


def _asks_within(part: str, question: str) -> bool:
    """Tell whether a part is a question whose words come from the whole, typing errors aside."""
    if not part.endswith("?") or len(part) > 300:
        return False
    whole = question.casefold()
    words = re.findall(r"\w{4,}", part.casefold())
    return sum(word[:3] not in whole for word in words) <= max(2, len(words) // 4)
