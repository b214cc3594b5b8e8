// The page's moves. Gradio runs this once, with the source viewer as `element` and `server.source`
// asking Python for a document. Whatever comes from documents goes in as text, never as HTML.

const words = () => props.words;
const find = (selector, from = document) => from.querySelector(selector);
const viewer = {quotes: [], at: 0, chip: null, view: null, request: 0};
const touch = () => matchMedia("(max-width: 860px)").matches;

// ---- the source viewer

function build(segment) {
  const kinds = {mark: "mark", heading: "strong", page: "span", dim: "span", text: "span"};
  const node = document.createElement(kinds[segment.kind] || "span");
  node.className = "fn-" + segment.kind;
  if (segment.kind === "page") {
    node.dataset.label = words().page.replace("{number}", segment.number);
  } else {
    node.textContent = segment.text;
  }
  if (segment.kind === "mark") { node.id = "fn-mark"; node.tabIndex = -1; }
  return node;
}

function pieces(view) {
  const fragment = document.createDocumentFragment();
  for (const segment of view.segments) fragment.append(build(segment));
  return fragment;
}

function more(side) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fn-more-text";
  button.dataset.side = side;
  button.textContent = words()[side];
  return button;
}

function edges(body) {
  for (const old of body.querySelectorAll(".fn-more-text")) old.remove();
  if (viewer.view.start > 0) body.prepend(more("earlier"));
  if (viewer.view.end < viewer.view.length) body.append(more("later"));
}

async function extend(side) {
  const STEP = 60000;
  const {file} = viewer.quotes[viewer.at];
  const shown = viewer.view;
  const stretch = side === "earlier"
    ? [Math.max(0, shown.start - STEP), shown.start]
    : [shown.end, Math.min(shown.length, shown.end + STEP)];
  const view = await server.source(file, 0, 0, ...stretch);
  if (view.gone || viewer.view !== shown) return;
  const body = find(".fn-source", element);
  const height = body.scrollHeight, top = body.scrollTop;
  const text = find(".fn-document", body);
  if (side === "earlier") {
    text.prepend(pieces(view));
    shown.start = view.start;
  } else {
    text.append(pieces(view));
    shown.end = view.end;
  }
  edges(body);
  if (side === "earlier") body.scrollTop = top + body.scrollHeight - height;
  body.focus({preventScroll: true});
}

function heading(view, quote) {
  find("#fn-source-name bdi", element).textContent = view.name || quote.name || quote.file;
  const language = (view.language || "").toUpperCase();
  const facts = [view.published, language, view.path].filter(Boolean).join(" \u00b7 ");
  find(".fn-source-facts", element).textContent = facts;
  const several = viewer.quotes.length > 1;
  for (const part of [".fn-previous", ".fn-next", ".fn-position"]) {
    find(part, element).hidden = !several;
  }
  const said = words().quote_of
    .replace("{position}", viewer.at + 1).replace("{count}", viewer.quotes.length);
  find(".fn-position", element).textContent = `${viewer.at + 1} / ${viewer.quotes.length}`;
  find(".fn-position", element).title = said;
  find(".fn-said", element).textContent =
    `${words().viewer}: ${view.name || ""}${several ? ". " + said : ""}`;
}

async function show() {
  const quote = viewer.quotes[viewer.at];
  const request = ++viewer.request;
  element.setAttribute("aria-busy", "true");
  const view = await server.source(quote.file, quote.start, quote.end);
  if (request !== viewer.request) return;
  element.setAttribute("aria-busy", "false");
  const body = find(".fn-source", element);
  find(".fn-empty", element).hidden = true;
  find(".fn-source-head", element).hidden = body.hidden = false;
  document.body.classList.add("fn-reading");
  body.replaceChildren();
  heading(view, quote);
  light();
  const text = document.createElement("div");
  text.className = view.gone ? "fn-note" : "fn-document";
  text.dir = "auto";
  body.append(text);
  if (view.gone) {
    text.textContent = words().gone.replace("{name}", quote.name || quote.file);
    return;
  }
  viewer.view = view;
  text.lang = view.language || "";
  text.append(pieces(view));
  edges(body);
  const mark = find("#fn-mark", body);
  if (mark) {
    const offset = mark.getBoundingClientRect().top - body.getBoundingClientRect().top;
    body.scrollTop += offset - Math.max(24, (body.clientHeight - mark.offsetHeight) / 3);
  } else {
    body.scrollTop = 0;
  }
  if (touch()) find(".fn-close", element).focus({preventScroll: true});
}

function open(quotes, at, chip) {
  Object.assign(viewer, {quotes, at, chip});
  hideCard();
  document.body.classList.remove("fn-browsing");
  return show();
}

function step(by) {
  viewer.at = (viewer.at + by + viewer.quotes.length) % viewer.quotes.length;
  return show();
}

function shut() {
  document.body.classList.remove("fn-reading");
  if (viewer.chip && viewer.chip.isConnected) viewer.chip.focus();
}

// Which chip is shown in the viewer; told again after each redrawing of the conversation.
function light() {
  for (const chip of document.querySelectorAll("[data-quotes]")) {
    if (chip === viewer.chip) chip.setAttribute("aria-current", "true");
    else if (chip.hasAttribute("aria-current")) chip.removeAttribute("aria-current");
  }
}

function label() {
  const names = {".fn-close": "close", ".fn-previous": "previous", ".fn-next": "next"};
  for (const [selector, name] of Object.entries(names)) {
    find(selector, element).setAttribute("aria-label", words()[name]);
    find(selector, element).title = words()[name];
  }
  find(".fn-empty h2", element).textContent = words().viewer_empty;
  find(".fn-empty p", element).textContent = words().viewer_empty_detail;
}

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
    row.append(name, facts, text);
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

// ---- clicks, keys

const clicks = {
  "[data-quotes]": (node) => {
    const quotes = JSON.parse(node.dataset.quotes);
    const again = node === viewer.chip && document.body.classList.contains("fn-reading");
    return open(quotes, again ? (viewer.at + 1) % quotes.length : 0, node);
  },
  ".fn-open": (node) => open([{file: node.dataset.file, start: 0, end: 0}], 0, node),
  ".fn-close": shut,
  ".fn-previous": () => step(-1),
  ".fn-next": () => step(1),
  ".fn-more-text": (node) => extend(node.dataset.side),
  ".fn-toggle-documents": () => document.body.classList.toggle("fn-browsing"),
  ".fn-toggle-light": () => {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("footnote-light", dark ? "dark" : "light");
  },
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const node = event.target.closest?.(selector);
    if (node) { act(node); break; }
  }
  const toggle = find(".fn-toggle-documents");
  const browsing = document.body.classList.contains("fn-browsing");
  if (toggle) toggle.setAttribute("aria-expanded", String(browsing));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!card.hidden) hideCard();
  else if (document.body.classList.contains("fn-reading") && touch()) shut();
  else document.body.classList.remove("fn-browsing");
});

// ---- the document list

const ticks = () => [...document.querySelectorAll(".fn-include")];
const unticked = new Set();

document.addEventListener("change", (event) => {
  if (event.target.id === "fn-all") {
    for (const box of ticks()) box.checked = event.target.checked;
  }
  for (const box of ticks()) {
    if (box.checked) unticked.delete(box.dataset.file);
    else unticked.add(box.dataset.file);
  }
  tally();
});

function tally() {
  const all = find("#fn-all");
  if (!all) return;
  const on = ticks().filter((box) => box.checked).length;
  all.checked = on === ticks().length;
  all.indeterminate = on > 0 && on < ticks().length;
}

window.footnote = {
  selected() {
    const on = ticks().filter((box) => box.checked).map((box) => box.dataset.file);
    return on.length === ticks().length ? "" : JSON.stringify(on);
  },
};

// ---- what redrawing undoes

const clock = {stage: null, since: 0};
function tick() {
  const stage = find(".fn-stage");
  if (!stage) { clock.stage = null; return; }
  const turn = stage.closest(".fn-turn").id;
  if (clock.stage !== turn) Object.assign(clock, {stage: turn, since: performance.now()});
  const count = Math.floor((performance.now() - clock.since) / 1000);
  const text = words().seconds.replace("{count}", count);
  const node = find(".fn-seconds", stage);
  if (node.textContent !== text) node.textContent = text;
}
setInterval(tick, 250);

// The newest turn is kept in sight, its question never pushed off the top, until the reader scrolls.
const follow = {turns: 0, on: true};
function keepInSight(talk) {
  const turns = talk.querySelectorAll(".fn-turn");
  if (turns.length !== follow.turns) Object.assign(follow, {turns: turns.length, on: true});
  if (!turns.length || !follow.on) return;
  const newest = turns[turns.length - 1];
  const top = newest.getBoundingClientRect().top - talk.getBoundingClientRect().top;
  talk.scrollTop = Math.min(talk.scrollHeight - talk.clientHeight, talk.scrollTop + top);
}
for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("#fn-talk")) follow.on = false;
  }, {passive: true});
}

function redrawn() {
  const talk = find("#fn-talk");
  if (talk) keepInSight(talk);
  light();
  tick();
  for (const box of ticks()) box.checked = !unticked.has(box.dataset.file);
  tally();
}

const observer = new MutationObserver(redrawn);
for (const id of ["fn-talk", "fn-list"]) {
  const node = document.getElementById(id);
  if (node) observer.observe(node, {childList: true, subtree: true});
}

const light0 = localStorage.getItem("footnote-light");
if (light0) document.body.classList.toggle("dark", light0 === "dark");
watch("words", () => { label(); document.documentElement.lang = words().code; });
document.documentElement.lang = words().code;
label();
redrawn();
