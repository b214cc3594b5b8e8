// ---- the card over a chip

const card = document.createElement("div");
card.id = "fn-card";
card.setAttribute("role", "tooltip");
card.hidden = true;
document.body.append(card);
let waiting = 0;

function fillCard(quotes) {
  card.replaceChildren(...quotes.map((quote) => {
    const row = document.createElement("div");
    const name = document.createElement("b");
    const facts = document.createElement("small");
    const text = document.createElement("q");
    name.textContent = quote.name;
    facts.textContent = quote.facts;
    text.textContent = quote.quote.length > 320 ? quote.quote.slice(0, 320) + "\u2026" : quote.quote;
    for (const node of [name, text]) node.dir = "auto";
    row.append(name, facts);
    for (const said of [quote.tongue, quote.changed ? words().changed : ""]) {
      if (said) row.append(make("small", "fn-label", said));
    }
    row.append(text);
    return row;
  }));
}

function showCard(chip) {
  fillCard(JSON.parse(chip.dataset.quotes));
  card.hidden = false;
  const at = chip.getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - card.offsetWidth - 12);
  const below = at.bottom + 8 + card.offsetHeight < innerHeight;
  card.style.left = Math.max(12, left) + "px";
  card.style.top = Math.max(8, below ? at.bottom + 8 : at.top - card.offsetHeight - 8) + "px";
}

function hideCard() {
  clearTimeout(waiting);
  card.hidden = true;
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const chip = event.target.closest?.(".fn-chip");
    if (!chip || (kind === "pointerover" && event.pointerType === "touch")) return;
    if (kind === "focusin" && !chip.matches(":focus-visible")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => chip.isConnected && showCard(chip), 120);
  });
}
for (const kind of ["pointerout", "focusout"]) {
  document.addEventListener(kind, (event) => event.target.closest?.(".fn-chip") && hideCard());
}
document.addEventListener("scroll", hideCard, true);
