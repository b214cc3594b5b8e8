"""Words that web pages put around an article: buttons, menus and section labels, in English and
Korean. `certain` ones are boilerplate wherever they fill a line; `likely` ones could be headings
or table cells and count only beside other boilerplate. It does not know lines; `boilerplate.py`
asks it.
"""

import re

_CERTAIN = """
exit mobile version|min read|minute read|press release|보도자료|skip to content|skip to main content|skip navigation|back to top|toggle menu
share|share this|share this article|share article|share this post|like|like this|subscribe
subscribe now|follow us|follow|tweet|retweet|copy link|copy url|print this page|save article
sign in|sign up|log in|login|log out|register|my account|read more|read also|see also|learn more
continue reading|related articles|related posts|related news|related stories|related topics
more news|other news|latest news|latest articles|recent posts|recommended for you|most read
most popular|trending now|top stories|you may also like|you might also like|more from this author
advertisement|advertisements|sponsored|sponsored content|leave a comment|leave a reply
post a comment|no comments|no comments yet|add comment|show comments|view comments
join the discussion
cookie policy|cookie settings|privacy policy|terms of use|terms of service|terms and conditions
all rights reserved|accept all cookies|accept cookies|accept all|previous post|next post
previous article|next article|contact us|about us|sitemap|rss feed|load more|show more|view all
구독|구독하기|좋아요|공유|공유하기|다른소식|다른뉴스|다른기사|관련기사|관련뉴스|관련글|추천기사|추천뉴스|추천글
인기기사|인기뉴스|많이본뉴스|많이본기사|최신기사|최신뉴스|주요뉴스|이전글|다음글|이전기사|다음기사|목록으로|목록보기
더보기|댓글쓰기|댓글달기|댓글보기|댓글|로그인|로그아웃|회원가입|마이페이지|본문바로가기|메뉴바로가기|메뉴열기|메뉴닫기
전체메뉴|글자크기|글자크기조절|글씨크기|기사스크랩|스크랩|url복사|주소복사|링크복사|인쇄하기|프린트|기사제보|제보하기
무단전재및재배포금지|저작권정책|개인정보처리방침|개인정보취급방침|이용약관|청소년보호정책|이메일무단수집거부
광고문의|제휴문의|광고|sns공유|페이스북공유|트위터공유|카카오톡공유|맨위로|위로가기|모바일버전|pc버전
"""
_LIKELY = """
home|menu|search|news|blog|about|contact|tag|tags|category|categories|topics|site|website|source
print|email|save|views|view|comment|comments|likes|shares|reply|next|previous|prev|close|open
recommended|trending|popular|archive|archives|author|published|posted|updated|date|follow
facebook|twitter|x|linkedin|instagram|youtube|pinterest|reddit|whatsapp|telegram|threads|naver|rss
홈|메뉴|검색|뉴스|소개|태그|카테고리|분류|사이트|출처|홈페이지|바로가기|인쇄|이메일|저장|조회|조회수|추천|신청|신청하기
관심|관심등록|찜|목록|이전|다음|닫기|열기|작성자|글쓴이|등록자|작성일|등록일|발행일|게시일|수정일|입력|수정
첨부|첨부파일|페이스북|트위터|카카오톡|카카오스토리|네이버|네이버블로그|밴드|인스타그램|유튜브|텔레그램|스레드
"""
_PLACES = "facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|email|instagram|threads"
_TO_PLACE = re.compile(
    rf"(?:(?:share|tweet|post|send|follow(?: us)?|pin)(?: this)?(?: via| on| to| by)? (?:{_PLACES})"
    r"|click to (?:share|email|print).{0,40})"
)
_DATED = re.compile("[가-힣]{2}(?:발행|작성|등록|게시|수정|입력)일시?")
_EDGES = " \t\u00a0·•|｜:：>»›«‹<=/()[]{}!.,+…–—-▶▼▲△▽◀★☆♥♡✓"
_NUMBER = r"[\d,.]+ ?(?:[km](?![a-z])|만|천|개|명|회)?"
_COUNT = re.compile(rf"{_NUMBER}[ )]*(?P<after>\D*)|(?P<before>\D*?)[ :(]*{_NUMBER}")


def _keys(words: str) -> frozenset[str]:
    return frozenset(_key(word) for line in words.split("\n") for word in line.split("|") if word)


def _key(label: str) -> str:
    """Fold case and spacing: Korean labels are spelt with and without spaces."""
    label = " ".join(label.casefold().strip(_EDGES).split())
    return label if label.isascii() else label.replace(" ", "")


CERTAIN = _keys(_CERTAIN)
LIKELY = _keys(_LIKELY)


def is_certain(line: str) -> bool:
    """Tell whether a line is a button or section label, or a row of two or more of them.

    >>> is_certain("Share on Facebook"), is_certain("좋아요 12"), is_certain("Share of the market")
    (True, True, False)
    """
    key = _key(line)
    if key in CERTAIN or _TO_PLACE.fullmatch(key):
        return True
    match = _COUNT.fullmatch(key)
    if match and _key(match["after"] or match["before"] or "") in CERTAIN:
        return True
    parts = [_key(part) for part in re.split(r"\s*[|·]\s*", line) if _key(part)]
    if len(parts) > 1 and all(part in CERTAIN or part in LIKELY for part in parts):
        return True
    words = [_key(word) for word in re.split(r"[\s|·/,]+", line) if _key(word)]
    return len(words) > 1 and all(w in CERTAIN or w in LIKELY for w in words)


def is_likely(line: str) -> bool:
    """Tell whether a line is one word of a page's furniture, with or without a counter."""
    key = _key(line)
    if key in LIKELY or _DATED.fullmatch(key):
        return True
    match = _COUNT.fullmatch(key)
    return bool(match and _key(match["after"] or match["before"] or "") in LIKELY)
