"""The documents and prepared answers that the page is tested with: English and Korean, characters
beyond U+FFFF, two documents that disagree, one that attacks, and one as long as a book.
"""

from sources import Skipped
from tests.fakes_page import Scripted, Shelf, cite, document, hit, say

FERRY = document(
    "ferry.md",
    "Home | Routes | Contact\n\nThe harbour ferry\n\n"
    "The ferry Tern began its crossings on 4 May 2021. It carries 180 passengers 🚢 and 24 cars.\n\n"
    "Tickets\n\nA single ticket costs 6 euros; children under six travel free. Bicycles are carried"
    " on the lower deck 🚲🚲 at no charge.\n\n"
    + "".join(
        f"Crossing {n} leaves the north quay at {6 + n % 14}:{n % 6}0 and takes nineteen minutes in"
        " calm water. Heavy swell adds up to ten minutes.\n\n"
        for n in range(1, 60)
    )
    + "The last boat of the day leaves at 23:10 in summer and at 21:40 in winter.\n\n"
    "Share this page · 214 views · Copyright the harbour office\n",
    title="The harbour ferry",
    published="2024-03-18",
    dim=["Home | Routes | Contact", "Share this page · 214 views · Copyright the harbour office"],
    heads=["The harbour ferry", "Tickets"],
)
COUNCIL = document(
    "council notes.txt",
    "Notes on the crossing\n\nThe council expects the Tern to carry 160 passengers once the new"
    " railings are fitted. The vote took place in the town hall.\n",
    title="Notes on the crossing",
    published="2025-01-09",
    heads=["Notes on the crossing"],
)
LIGHT = document(
    "등대.md",
    "등대 이야기\n\n북쪽 등대는 1931년에 처음 불을 밝혔다. 높이는 27미터이며 계단은 모두 112개다.\n\n"
    "지금은 무인으로 운영되고, 매달 첫째 토요일에 문을 연다 🏮.\n",
    title="등대 이야기",
    language="ko",
    published="2023-11-02",
    heads=["등대 이야기"],
)
ATLAS = document(
    "atlas.pdf",
    "".join(
        f"Sheet {n} describes the coast between marker {n} and marker {n + 1}. The sounding there"
        f" is {n % 40} fathoms, and the bottom is sand. "
        + "Pilots keep to the east of the shoal at low water. " * 4
        + "\n\n"
        for n in range(6000)
    ),
    title="Coastal atlas",
    published="1998-06-01",
    pages=[0, 100_000, 700_000],
)

PWN = "window.__pwned=1"
RLO, PDF = "\u202e", "\u202c"
ZALGO = "Z" + "\u0301" * 10_000
HOSTILE_TEXT = (
    f"<script>{PWN}</script> <img src=x onerror='{PWN}'> [go](javascript:{PWN})"
    f" ![pic](http://outside.invalid/p.png) <a href='javascript:{PWN}'>link</a>"
    f" <iframe src='http://outside.invalid/'></iframe> ${{{PWN}}} {{{{{PWN}}}}} `"
    f" </div></section><style>*{{display:none}}</style> &lt;b&gt; &amp; \"quoted\" 'single'"
    f" {RLO}reversed{PDF} {ZALGO} end."
)
HOSTILE_NAME = f'"><img src=x onerror={PWN}>{RLO}txt.md'
HOSTILE = document(HOSTILE_NAME, HOSTILE_TEXT + "\n", title=f"<svg onload={PWN}> {ZALGO}")

ASK_FERRY = "When did the ferry begin, and what does a ticket cost?"
ASK_LIGHT = "북쪽 등대는 언제 불을 밝혔나요?"
ASK_CONFLICT = "How many passengers may the ferry carry?"
ASK_ATLAS = "What does sheet 3000 describe?"
ASK_NOTHING = "Who painted the ferry?"
ASK_HOSTILE = HOSTILE_TEXT

ASK_NAME = "What is the ferry called, in Korean?"
MORE = {  # the other answers whose every chip is clicked
    "How many cars does it carry?": (
        say("It carries 24 cars.", cite(FERRY, "It carries 180 passengers 🚢 and 24 cars.")),
    ),
    "Where are bicycles carried?": (
        say("On the lower deck.", cite(FERRY, "Bicycles are carried on the lower deck 🚲🚲")),
    ),
    "Where did the vote take place?": (
        say("In the town hall.", cite(COUNCIL, "The vote took place in the town hall.")),
    ),
    "등대의 높이는 얼마인가요?": (
        say("높이는 27미터입니다.", cite(LIGHT, "높이는 27미터이며")),
        say("계단도 있습니다.", cite(LIGHT, "계단은 모두 112개다."), cite(LIGHT, "북쪽 등대는")),
    ),
    "등대는 언제 문을 여나요?": (
        say("매달 첫째 토요일입니다.", cite(LIGHT, "매달 첫째 토요일에 문을 연다 🏮.")),
    ),
    ASK_NAME: (say("The light was first lit in 1931.", cite(LIGHT, "1931년에 처음 불을 밝혔다.")),),
}
NEAR = (
    hit(FERRY, "The ferry Tern began its crossings on 4 May 2021. It carries 180 passengers 🚢"),
    hit(COUNCIL, "The vote took place in the town hall."),
)
ANSWERS = {
    **MORE,
    ASK_FERRY: (
        say(
            "The ferry Tern made its first crossing on 4 May 2021.",
            cite(FERRY, "The ferry Tern began its crossings on 4 May 2021."),
        ),
        say(
            "A single ticket costs 6 euros, and bicycles travel without charge.",
            cite(FERRY, "A single ticket costs 6 euros; children under six travel free."),
            cite(FERRY, "Bicycles are carried on the lower deck 🚲🚲 at no charge."),
        ),
        say(
            "In winter the last boat leaves at 21:40.",
            cite(FERRY, "The last boat of the day leaves at 23:10 in summer and at 21:40 in"),
        ),
    ),
    ASK_LIGHT: (
        say(
            "북쪽 등대는 1931년에 처음 불을 밝혔습니다.",
            cite(LIGHT, "북쪽 등대는 1931년에 처음 불을 밝혔다."),
        ),
        say("계단은 112개입니다.", cite(LIGHT, "높이는 27미터이며 계단은 모두 112개다.")),
    ),
    ASK_CONFLICT: (
        say(
            "One source says the ferry carries 180 passengers.",
            cite(FERRY, "It carries 180 passengers 🚢 and 24 cars."),
            verdict="conflicting",
        ),
        say(
            "Another expects 160 passengers.",
            cite(COUNCIL, "The council expects the Tern to carry 160 passengers"),
            verdict="conflicting",
        ),
    ),
    ASK_ATLAS: (
        say(
            "It describes the coast from marker 3000.",
            cite(ATLAS, "Sheet 3000 describes the coast"),
        ),
        say("Sheet 3 comes early.", cite(ATLAS, "Sheet 3 describes the coast")),
    ),
    ASK_HOSTILE: (say(HOSTILE_TEXT, cite(HOSTILE, HOSTILE_TEXT)),),
}
DOCUMENTS = (FERRY, COUNCIL, LIGHT, ATLAS)


def shelf(*, hostile: bool = False) -> Shelf:
    """Return the documents, with the attacking one only where it is asked for."""
    held = (*DOCUMENTS, HOSTILE) if hostile else DOCUMENTS
    skipped = (Skipped("scan.pdf", "it holds no text; run character recognition on it"),)
    return Shelf({d.id_: d for d in held}, skipped)


def scripted(*, hostile: bool = False, pause: float = 0.0) -> Scripted:
    """Return an assistant with the prepared answers."""
    return Scripted(shelf(hostile=hostile), dict(ANSWERS), NEAR, pause)
