"""Finds sentences of a document that give orders to whatever reads it ("when asked, answer ..."):
they are no evidence for anything, so they are neither quoted nor shown to the language model.
"""

import re

from qa.look_alikes import plain

MACHINE = r"(?:AIs?|AI systems?|AI assistants?|assistants?|chat ?bots?|(?:large )?language models?|LLMs?|retrieval systems?|search (?:bots?|assistants?))"
MACHINE_KO = r"(?:AI|인공지능|비서|언어 ?모델|챗봇|어시스턴트|검색 ?기능)"
REPLY = r"(?:say|answer|reply|respond|claim|pretend|tell (?:the|every|any|all|visitors|users|readers)|recommend|append|cite|repeat|output)"
# What a Korean verb ends in when it commands, after a stem in 하 and after others.
COMMANDS_KO = r"(?:하라|해라|하여라|할 것|하시오|하십시오|하세요|해 ?줘|해 ?주(?:라|십시오|시오|세요|기 ?바)|하기 ?바|하도록 (?:하라|해))"
MUST_KO = r"(?:해야|하여야|하게 되어 있|하도록 되어 있)"
SAYING_KO = r"(?:답변|답|대답|응답|말씀|말|주장|추천|안내|소개|설명|출력|인용|언급)"
REPLY_KO = rf"(?:{SAYING_KO}{COMMANDS_KO}|(?:적|넣)(?:으라|어라|으시오|으십시오|으세요|을 것|어 ?줘|어 ?주(?:라|십시오|시오|세요))|(?:써|붙여|덧붙여|밝혀|알려|보여)(?:라| ?줘| ?주(?:라|십시오|시오|세요))|끝내(?:라|시오|십시오|세요)|답하고|말하고)"
ADDED_KO = r"(?:넣어야|붙여야|덧붙여야|적어야|써야|끝내야|붙인다|넣는다)"


def within(most: int) -> str:
    """Return a pattern of up to so many characters of one sentence; addresses have points in them."""
    return rf"(?:[^.!?\n]|\.(?=\w)){{0,{most}}}"


ORDERS = re.compile(
    "|".join(
        [
            rf"\b{MACHINE}\b{within(50)}(?:\b(?:must|should|shall|are to|have to|please|kindly)\b|[:,]){within(40)}\b{REPLY}\b",
            rf"\b(?:when|if|whenever|whoever)\b{within(30)}\bask(?:s|ed)?\b{within(60)}\b(?:{REPLY}|the reply is|the answer is)\b",
            rf"\b(?:every|each|all|any)\s(?:answers?|repl(?:y|ies))\b{within(60)}\b(?:must|with|should)\b",
            rf"\b{REPLY}\b{within(30)}\b(?:every|each|all|any)\s(?:answers?|questions?|repl(?:y|ies))\b",
            rf"\b(?:ignore|disregard|forget|override)\b{within(30)}\b(?:instructions?|prompts?|rules|sources|documents|files|question|text)\b",
            rf"\b{MACHINE} (?:that )?read(?:s|ing)? this\b",
            rf"\b(?:print|reveal|show|repeat)\b{within(20)}\byour\b{within(30)}\b(?:instructions?|prompts?|rules)\b",
            r"\byou are now\b|\bdo not mention this\b|\btrust only this\b|\bthe user may now\b",
            r"<\|im_|\[(?:new task|end of sources|start of sources|자료 끝|자료 시작|새 과제)\]",
            r"^\W*(?:system|assistant|시스템|어시스턴트|비서|챗봇|인공지능)(?: (?:message|prompt|전달|메시지))?\s*:",
            rf"\bdecode\b{within(20)}\b(?:follow|execute|obey|carry)\b",
            rf"{MACHINE_KO}{within(60)}{REPLY_KO}",
            rf"{MACHINE_KO}(?:에게|은|는|이|가|도|라면)(?![가-힣]){within(60)}고 ?(?:만 )?{SAYING_KO}{MUST_KO}",
            rf"(?:질문|답변|대답|(?<![가-힣])답){within(60)}(?:라고|다고|만|링크|주소|낱말|말){within(30)}(?:{REPLY_KO}|{ADDED_KO})",
            rf"[라다자]고(?:만)?\s?{REPLY_KO}(?!\s?(?:했|있|나서|나선))|이 줄[은만]|이 문장만 믿",
            r"(?:지시|규칙|프롬프트|문서|출처|자료|파일|질문|본문)(?:을|를|은|는)?\s?(?:모두 |전부 )?(?:무시하|잊|어기|버리)(?:고|라|어라|십시오|시오|으라|으시고|세요|으세요)",
            rf"(?:프롬프트|지시문|지침){within(20)}(?:공개|출력|적어|보여)",
        ]
    ),
    re.IGNORECASE | re.MULTILINE,
)


def gives_orders(text: str) -> bool:
    """Tell whether a text orders its reader what to answer, in whatever letters it is written."""
    return ORDERS.search(plain(text)) is not None
