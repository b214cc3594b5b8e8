"""Understands a question before anything is searched: cleans it, finds its language, tells requests
that are no questions about the documents, and makes a follow-up stand alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.kiwi import topic
from qa.errors import ModelError, QuestionError
from qa.language_model import LanguageModel
from qa.names import is_hangul
from qa.prompts import REWRITE_SYSTEM, REWRITE_USER, Language

Intent = Literal[
    "question",  # about the documents
    "instruction",  # asks to reveal or change how the assistant works
    "small_talk",  # a greeting or thanks
]
History = Sequence[tuple[str, str]]

# Each pattern needs a verb of command together with what must not be commanded, so that a question
# about a document which merely mentions prompts or instructions stays a question.
INSTRUCTION = re.compile(
    "|".join(
        [
            r"\b(ignore|disregard|forget|override|bypass|skip|drop)\b.{0,40}\b(instructions?|rules?|prompts?"
            r"|guidelines?|sources?|documents?|articles?|files?|constraints?|everything above|context)\b",
            r"\b(print|reveal|show|repeat|output|display|tell me|give me|leak|dump|paste|recite|what is|what's"
            r"|what are)\b.{0,40}\b(system|hidden|initial|internal|secret|developer|your (own )?)\s*"
            r"(prompts?|instructions?|rules|message|configuration|guidelines)\b",
            r"\b(from|using|use|with) (your|general|own) (own |general )?(knowledge|memory|training)\b",
            r"\b(without|don't|do not|never) (using|use|look(ing)? at|check(ing)?|cit(e|ing)|consult(ing)?)\b.{0,20}"
            r"\b(documents?|sources?|articles?|files?|citations?)\b",
            r"\b(pretend|act as|role-?play|you are now|imagine you are|jailbreak|developer mode|dan mode)\b",
            r"\b(make up|invent|fabricate|hallucinate)\b (an?|some|any)\b[^.?!]{0,24}\b(answer|quot\w+|source|citation|date|name|number|fact)",
            r"\b(from now on|starting now|henceforth),? you('re| are| will| must)\b",
            r"\b(write|compose|draft|make)\b[^.?!]{0,20}\b(fake|fictional|made-up|fictitious|phony)\b",
            r"\b(decode|base64|rot13)\b.{0,60}\b(follow|execute|do|obey|instructions?)\b",
            r"(지시|명령|규칙|프롬프트|설정|지침|출처|문서|기사|자료)[^.?!]{0,15}(무시|잊|버리|어기|우회|신경 ?쓰지)",
            r"(시스템|숨겨진|내부|초기|개발자)\s?(프롬프트|지시|지침|메시지|설정|명령)",
            r"프롬프트[^.?!]{0,20}(출력|보여|알려|공개|말해|써|적어|복사)",
            r"(일반|네|너의|당신의|자체|배경)\s?(지식|상식|기억)[^.?!]{0,8}(으로|로|만|에서|대로|을 (써|이용|사용))",
            r"(문서|출처|기사|자료)[^.?!]{0,6}(말고|없이|보지 말고|상관 ?없이|빼고)[^?]{0,30}(답|말|알려|대답|설명)",
            r"(인 척|역할극|역할을 (해|맡)|연기해|(이|가) 되어 ?(줘|라|봐)|탈옥|개발자 모드)",
            r"(지금|이제|오늘)부터 (너는|넌|네가|당신은|당신이)",
            r"(진짜|사실|실제)(처럼|인 ?것처럼|인 ?양)[^.?!]{0,20}(써|만들|지어|적어|꾸며)",
            r"(지어내|꾸며내|날조)[^.?!]{0,10}(줘|라|봐|서|도 돼)",
        ]
    ),
    re.IGNORECASE | re.DOTALL,
)
SMALL_TALK = re.compile(
    r"^\W*(hi|hello|hey( there)?|good (morning|afternoon|evening)|thanks?( you)?( so much)?|thx|bye|goodbye"
    r"|how are you|who are you|what can you do|안녕(하세요|하십니까)?|고마워(요)?|감사합니다|반가워(요)?|잘 ?가"
    r"|넌 누구(야|니)|누구세요)\W*$",
    re.IGNORECASE,
)
REFERS_BACK = re.compile(
    r"\b(it|its|they|them|their|he|him|his|she|her|hers|that|those|these|this|there|then|same|one|ones|both"
    r"|else|others?|former|latter)\b|^\W*(and|but|or|so|also|what about|how about)\b"
    r"|(^|\s)(그|그건|그게|그거|그것|그걸|그럼|그러면|그리고|거기|거긴|그곳|그때|그분|그들|그중|그 사람|이건|이게|이거"
    r"|여기|둘|둘 다|같은|또|나머지|다른)(\s|은|는|이|가|을|를|의|에|에서|도|엔|서|$)",
    re.IGNORECASE,
)

KOREAN_VERB = re.compile(r"[가-힣](?:다|요|까|죠|니|나|야|어)[\"'”’)\]]*[.!?…]*\s*$")
ENGLISH_GRAMMAR = re.compile(
    r"\b(who|whom|whose|what|when|where|which|why|how|is|are|was|were|did|does|do|has|have|the|of|in|to|and|said)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question ready to be searched for by `text` and read for by `reading`, both standing alone;
    `asked` is what the user typed.
    """

    asked: str
    text: str
    reading: str
    language: Language
    intent: Intent


def clean(raw: str, *, longest: int) -> str:
    """Return `raw` in NFC without control characters, on one line.

    Raises:
        QuestionError: nothing to search for is left, or it is longer than `longest` characters.
    """
    text = unicodedata.normalize("NFC", raw)
    text = "".join(
        " " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text
    )
    text = " ".join(text.split())
    if len(text) > longest:
        raise QuestionError(
            f"The question has {len(text):,} characters; at most {longest:,} can be read. Ask for "
            "one thing at a time."
        )
    if sum(c.isalnum() for c in text) < 2:
        raise QuestionError(
            f"The question {text!r} has nothing to search for. Write a few words of what you want to know."
        )
    return text


def language_of(text: str) -> Language:
    """Return the language to answer in. A text with Hangul is Korean, unless English words of
    grammar carry it and the Hangul is only a name; one that ends as a Korean sentence is Korean
    whatever names it lists.
    """
    words = re.findall(r"[\w’']+", text)
    korean = sum(is_hangul(word) for word in words)
    if not korean:
        return "en"
    if korean >= 3 and KOREAN_VERB.search(text):
        return "ko"
    return "en" if korean < len(words) / 2 and ENGLISH_GRAMMAR.search(text) else "ko"


def intent_of(text: str) -> Intent:
    """Tell whether `text` asks about the documents."""
    if SMALL_TALK.match(text):
        return "small_talk"
    return "instruction" if INSTRUCTION.search(text) else "question"


def refers_back(text: str, history: History) -> bool:
    """Tell whether `text` needs the conversation to be understood."""
    if not history:
        return False
    short = len(text.split()) <= 4 if language_of(text) == "en" else len(text) <= 14
    return short or REFERS_BACK.search(text) is not None


def stand_alone(text: str, history: History, model: LanguageModel | None) -> tuple[str, str]:
    """Return the question to search for and the question to read for.

    A follow-up is rewritten by the model. Without one, for Korean (which the small model rewrites
    badly), or when what it writes is no rewriting of the question, search takes the last exchange
    along and reading its topic.
    """
    if not refers_back(text, history):
        return text, text
    asked, answered = (" ".join(part.split())[:300] for part in history[-1])
    if model is not None and language_of(text) == "en":
        try:
            user = REWRITE_USER.format(asked=asked, answered=answered, question=text)
            rewritten = model.write(REWRITE_SYSTEM, user).splitlines()[:1]
        except ModelError:
            rewritten = []
        if rewritten and _rewrites(rewritten[0].strip(), text, f"{asked} {answered}"):
            return rewritten[0].strip(), rewritten[0].strip()
    about = topic(asked) if language_of(asked) == "ko" else asked
    return f"{asked} {answered} {text}", f"{about} {text}"


def _rewrites(rewritten: str, text: str, context: str) -> bool:
    """Accept a rewriting that keeps the language and adds nothing from outside the conversation."""
    unlike = language_of(rewritten) != language_of(text) or rewritten.casefold() == text.casefold()
    if unlike or not 4 <= len(rewritten) <= 300:
        return False
    known = f"{text} {context}".casefold()
    words = re.findall(r"\w{3,}", rewritten.casefold())
    foreign = [w for w in words if w[:3] not in known]
    return len(foreign) <= max(2, len(words) // 4)
