"""Finds sentences of a document that give orders to whatever reads it ("when asked, answer ..."):
they are no evidence for anything, so they are neither quoted nor shown to the language model.
"""

import re
import unicodedata

MACHINE = r"(?:AIs?|AI systems?|AI assistants?|assistants?|chat ?bots?|(?:large )?language models?|LLMs?|retrieval systems?|search (?:bots?|assistants?))"
MACHINE_KO = r"(?:AI|인공지능|비서|언어 ?모델|챗봇|어시스턴트|검색 ?기능)"
REPLY = r"(?:say|answer|reply|respond|claim|pretend|tell (?:the|every|any|all|visitors|users|readers)|recommend|append|cite|repeat|output)"
REPLY_KO = r"(?:답|말|대답|주장|추천|출력|응답|적|말씀)(?:하라|해라|할 것|하시오|하십시오|해 ?줘|해 ?주십시오|해 주세요|으라|어라|을 것|하고)"
ORDERS = re.compile(
    "|".join(
        [
            rf"\b{MACHINE}\b[^.!?\n]{{0,50}}(?:\b(?:must|should|shall|are to|have to|please|kindly)\b|[:,])[^.!?\n]{{0,40}}\b{REPLY}\b",
            rf"\b(?:when|if|whenever|whoever)\b[^.!?\n]{{0,30}}\bask(?:s|ed)?\b[^.!?\n]{{0,60}}\b(?:{REPLY}|the reply is|the answer is)\b",
            r"\b(?:every|each|all|any)\s(?:answers?|repl(?:y|ies))\b[^.!?\n]{0,60}\b(?:must|with|should)\b",
            rf"\b{REPLY}\b[^.!?\n]{{0,30}}\b(?:every|each|all|any)\s(?:answers?|questions?|repl(?:y|ies))\b",
            r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,30}\b(?:instructions?|prompts?|rules|sources|documents|files|question|text)\b",
            rf"\b{MACHINE} (?:that )?read(?:s|ing)? this\b",
            r"\b(?:print|reveal|show|repeat)\b[^.!?\n]{0,20}\byour\b[^.!?\n]{0,30}\b(?:instructions?|prompts?|rules)\b",
            r"\byou are now\b|\bdo not mention this\b|\btrust only this\b|\bthe user may now\b",
            r"<\|im_|\[(?:new task|end of sources|start of sources|자료 끝|자료 시작|새 과제)\]",
            r"^\W*(?:system|assistant|시스템|어시스턴트)(?: (?:message|prompt|전달|메시지))?\s*[:：]",
            r"\bdecode\b[^.!?\n]{0,20}\b(?:follow|execute|obey|carry)\b",
            rf"{MACHINE_KO}[^.!?\n]{{0,60}}{REPLY_KO}",
            rf"(?:질문|답변|대답|(?<![가-힣])답)[^.!?\n]{{0,50}}(?:라고|만|링크|주소|낱말|말)[^.!?\n]{{0,30}}(?:{REPLY_KO}|넣어야|넣어라|붙여라|붙인다|붙일 것|끝내라)",
            rf"[라다자]고(?:만)?\s?{REPLY_KO}(?!\s?(?:했|있|나서|나선))|이 줄[은만]|이 문장만 믿",
            r"(?:지시|규칙|프롬프트|문서|출처|자료|파일|질문|본문)(?:을|를|은|는)?\s?(?:모두 |전부 )?(?:무시하|잊|어기|버리)(?:고|라|어라|십시오|시오|으라|으시고)",
            r"(?:프롬프트|지시문|지침)[^.!?\n]{0,20}(?:공개|출력|적어|보여)",
        ]
    ),
    re.IGNORECASE | re.MULTILINE,
)


def gives_orders(text: str) -> bool:
    """Tell whether a text orders its reader what to answer; invisible characters aside."""
    plain = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return ORDERS.search(unicodedata.normalize("NFKC", plain)) is not None
