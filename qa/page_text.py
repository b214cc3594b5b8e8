"""Every word of the chat page's interface, in English and Korean. Nothing here comes from documents
or models; `qa/page_html.py` and `qa/page.js` put these words around what does.
"""

from dataclasses import asdict, dataclass
from typing import Literal

Language = Literal["en", "ko"]


@dataclass(frozen=True)
class Words:
    """The interface in one language; `{…}` are filled with `str.format`."""

    code: Language
    tagline: str
    documents: str
    documents_none: str
    documents_loading: str
    select_all: str
    include: str
    open_document: str
    upload: str
    sync: str
    syncing: str
    synced: str
    skipped: str
    saved: str
    not_saved: str
    ask_label: str
    ask_hint: str
    send: str
    stop: str
    clear: str
    welcome: str
    welcome_detail: str
    you: str
    answer: str
    loading: str
    waiting: str
    retrieving: str
    reading: str
    writing: str
    seconds: str
    stopped: str
    failed: str
    abstained: str
    looked_for: str
    nearest: str
    disagree: str
    chip: str
    removed_one: str
    removed_many: str
    viewer: str
    viewer_empty: str
    viewer_empty_detail: str
    close: str
    previous: str
    next: str
    quote_of: str
    earlier: str
    later: str
    page: str
    gone: str
    theme: str
    language: str
    conversation: str
    nothing_selected: str

    def for_browser(self) -> dict[str, str]:
        """Return the words as the page's script reads them."""
        return asdict(self)


_ENGLISH = Words(
    code="en",
    tagline="Every sentence stands on a quotation you can click.",
    documents="Documents",
    documents_none="No documents yet. Upload some, then sync.",
    documents_loading="Opening the index…",
    select_all="All",
    include="Search in {name}",
    open_document="Open {name}",
    upload="Upload",
    sync="Sync",
    syncing="Syncing",
    synced="{added} added, {changed} changed, {removed} removed, {unchanged} unchanged"
    " · {seconds:.1f} s",
    skipped="Skipped: {count}",
    saved="Saved {name}. Sync to make it searchable.",
    not_saved="Not saved: {name}. {reason}",
    ask_label="Your question",
    ask_hint="Ask about these documents…",
    send="Ask",
    stop="Stop",
    clear="New conversation",
    welcome="Ask your documents",
    welcome_detail="Each sentence of the answer ends in its source. Click it to see the quoted"
    " words where they stand.",
    you="You asked",
    answer="Answer",
    loading="Loading the models",
    waiting="Waiting for another question to finish",
    retrieving="Searching the documents",
    reading="Reading the passages",
    writing="Writing and checking",
    seconds="{count} s",
    stopped="Stopped.",
    failed="Something went wrong while answering. The terminal that runs Footnote has the details;"
    " please ask again.",
    abstained="The documents do not answer this.",
    looked_for="Looked for",
    nearest="The nearest passages",
    disagree="The sources disagree",
    chip="Source: {name}. Quote: {quote}",
    removed_one="1 unsupported sentence left out",
    removed_many="{count} unsupported sentences left out",
    viewer="Source",
    viewer_empty="The source appears here",
    viewer_empty_detail="Click a source in an answer, or a document in the list.",
    close="Close the source",
    previous="Previous quote",
    next="Next quote",
    quote_of="Quote {position} of {count}",
    earlier="Show more before",
    later="Show more after",
    page="Page {number}",
    gone="{name} is no longer in the index, or has changed. Sync and ask again.",
    theme="Light or dark",
    language="Language",
    conversation="Conversation",
    nothing_selected="No document is selected. Tick at least one in the list, then ask again.",
)

_KOREAN = Words(
    code="ko",
    tagline="모든 문장에 눌러서 확인할 수 있는 인용이 있습니다.",
    documents="문서",
    documents_none="아직 문서가 없습니다. 올린 뒤 동기화하세요.",
    documents_loading="색인을 여는 중…",
    select_all="전체",
    include="{name}에서 찾기",
    open_document="{name} 열기",
    upload="올리기",
    sync="동기화",
    syncing="동기화 중",
    synced="추가 {added}, 변경 {changed}, 삭제 {removed}, 그대로 {unchanged} · {seconds:.1f}초",
    skipped="건너뜀: {count}",
    saved="{name}: 저장했습니다. 동기화하면 검색할 수 있습니다.",
    not_saved="{name}: 저장하지 못했습니다. {reason}",
    ask_label="질문",
    ask_hint="이 문서들에 대해 물어보세요…",
    send="질문",
    stop="중지",
    clear="새 대화",
    welcome="문서에 물어보세요",
    welcome_detail="답의 모든 문장은 출처로 끝납니다. 누르면 인용된 부분을 원문에서 볼 수 있습니다.",
    you="질문",
    answer="답변",
    loading="모델을 불러오는 중",
    waiting="다른 질문이 끝나기를 기다리는 중",
    retrieving="문서에서 찾는 중",
    reading="본문을 읽는 중",
    writing="쓰고 확인하는 중",
    seconds="{count}초",
    stopped="중지했습니다.",
    failed="답하는 중에 문제가 생겼습니다. 자세한 내용은 Footnote를 실행한 터미널에 있습니다."
    " 다시 질문해 주세요.",
    abstained="문서에 이에 대한 답이 없습니다.",
    looked_for="찾은 내용",
    nearest="가장 가까운 본문",
    disagree="출처마다 내용이 다릅니다",
    chip="출처: {name}. 인용: {quote}",
    removed_one="근거 없는 문장 1개를 뺐습니다",
    removed_many="근거 없는 문장 {count}개를 뺐습니다",
    viewer="출처",
    viewer_empty="여기에 출처가 나타납니다",
    viewer_empty_detail="답의 출처나 목록의 문서를 누르세요.",
    close="출처 닫기",
    previous="이전 인용",
    next="다음 인용",
    quote_of="인용 {count}개 중 {position}번째",
    earlier="앞부분 더 보기",
    later="뒷부분 더 보기",
    page="{number}쪽",
    gone="{name}: 색인에 없거나 바뀐 문서입니다. 동기화한 뒤 다시 질문해 주세요.",
    theme="밝게 또는 어둡게",
    language="언어",
    conversation="대화",
    nothing_selected="선택한 문서가 없습니다. 목록에서 하나 이상 고른 뒤 다시 질문해 주세요.",
)


def words(language: str) -> Words:
    """Return the interface in `language`; anything but Korean is English."""
    return _KOREAN if language == "ko" else _ENGLISH
