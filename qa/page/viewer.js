// ---- the source viewer: a document with its quotation marked, or a page of a PDF

const viewer = {quotes: [], at: 0, chip: null, view: null, request: 0, form: "text", also: []};

function build(segment) {
  const kinds = {mark: "mark", also: "mark", heading: "strong", page: "span", dim: "span", text: "span"};
  const node = make(kinds[segment.kind] || "span", "fn-" + segment.kind);
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
  const button = make("button", "fn-more-text", words()[side]);
  button.dataset.side = side;
  return button;
}

function edges(body) {
  for (const old of all(".fn-more-text", body)) old.remove();
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
  const view = await call("source", file, 0, 0, {stretch, also: viewer.also});
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
  const page = view.page ? words().page.replace("{number}", view.page) : "";
  const facts = [view.published, language, page, view.path].filter(Boolean).join(" \u00b7 ");
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
  find(".fn-forms", element).hidden = !view.pictured;
  pressed(viewer.form);
}

function pressed(form) {
  find(".fn-as-text", element).setAttribute("aria-pressed", String(form === "text"));
  find(".fn-as-page", element).setAttribute("aria-pressed", String(form === "page"));
}

// What became of a quotation whose document has changed since; `view` is `null` where it is gone.
function note(view, quote) {
  if (view.gone) return words().gone.replace("{name}", quote.name || quote.file);
  return view.state === "moved" ? words().moved : view.state === "lost" ? words().lost : "";
}

async function show() {
  const quote = viewer.quotes[viewer.at];
  const request = ++viewer.request;
  element.setAttribute("aria-busy", "true");
  let view;
  try {
    view = await call("source", quote.file, quote.start, quote.end, {quote: quote.quote || "", also: viewer.also});
  } catch (error) {
    view = {gone: true};
  }
  if (request !== viewer.request) return;
  element.setAttribute("aria-busy", "false");
  const body = find(".fn-source", element);
  find(".fn-empty", element).hidden = true;
  find(".fn-source-head", element).hidden = body.hidden = false;
  document.body.classList.add("fn-reading");
  body.replaceChildren();
  viewer.view = view;
  heading(view, quote);
  light();
  const said = note(view, quote);
  if (said) {
    const aside = make("div", "fn-since", said);
    aside.setAttribute("role", "note");
    if ((view.gone || view.state === "lost") && quote.quote) aside.append(make("q", "", quote.quote));
    body.append(aside);
  }
  if (view.gone) return;
  if (viewer.form === "page" && view.pictured) await picture(body, view, quote, request);
  else text(body, view);
  if (touch()) find(".fn-close", element).focus({preventScroll: true});
}

function text(body, view) {
  const node = make("div", "fn-document");
  node.dir = "auto";
  node.lang = view.language || "";
  node.append(pieces(view));
  body.append(node);
  edges(body);
  const mark = find("#fn-mark", body);
  if (mark) bring(mark, body);
  else body.scrollTop = 0;
}

function bring(node, body) {
  const offset = node.getBoundingClientRect().top - body.getBoundingClientRect().top;
  body.scrollTop += offset - Math.max(24, (body.clientHeight - node.offsetHeight) / 3);
}

async function picture(body, view, quote, request) {
  const shown = await call("page", quote.file, view.page, quote.quote || "");
  if (request !== viewer.request) return;
  if (shown.gone) {
    const why = shown.undrawn ? words().page_undrawn : words().page_failed;
    body.append(make("p", "fn-since", why));
    return;
  }
  const figure = make("figure", "fn-page-picture");
  const frame = make("div", "fn-sheet");
  const image = new Image();
  const name = words().page_of.replace("{number}", shown.page).replace("{count}", shown.pages);
  image.alt = `${view.name}, ${name}`;
  image.src = shown.url;
  frame.style.aspectRatio = String(1 / shown.ratio);
  frame.append(image);
  for (const box of shown.boxes) {
    const line = make("span", "fn-box");
    for (const side of ["left", "top", "width", "height"]) line.style[side] = box[side] * 100 + "%";
    frame.append(line);
  }
  const missing = quote.quote && !shown.boxes.length ? " " + words().page_words_missing : "";
  figure.append(frame, make("figcaption", "", name + missing));
  body.append(figure);
  const first = find(".fn-box", frame);
  if (first) bring(first, body);
}

function turnTo(form) {
  viewer.form = form;
  localStorage.setItem("footnote-form", form);
  return show();
}
viewer.form = localStorage.getItem("footnote-form") === "page" ? "page" : "text";

// The other quotations of the same answer in the same document, as pairs of offsets.
function others(chip, file) {
  const answer = chip?.closest(".fn-answer");
  if (!answer) return [];
  return all(".fn-chip[data-quotes]", answer)
    .flatMap((node) => JSON.parse(node.dataset.quotes))
    .filter((quote) => quote.file === file).map((quote) => [quote.start, quote.end]);
}

function open(quotes, at, chip) {
  Object.assign(viewer, {quotes, at, chip, also: others(chip, quotes[at].file)});
  hideCard();
  document.body.classList.remove("fn-browsing");
  return show();
}

function step(by) {
  const at = (viewer.at + by + viewer.quotes.length) % viewer.quotes.length;
  return open(viewer.quotes, at, viewer.chip);
}

function shut() {
  document.body.classList.remove("fn-reading");
  if (viewer.chip && viewer.chip.isConnected) viewer.chip.focus();
}

// Which chip is shown in the viewer; told again after each redrawing of the conversation.
function light() {
  for (const chip of all("[data-quotes]")) {
    if (chip === viewer.chip) chip.setAttribute("aria-current", "true");
    else if (chip.hasAttribute("aria-current")) chip.removeAttribute("aria-current");
  }
}

function label() {
  const names = {".fn-close": "close", ".fn-previous": "previous", ".fn-next": "next"};
  for (const [selector, name] of Object.entries(names)) {
    const button = find("button" + selector, element);
    button.setAttribute("aria-label", words()[name]);
    button.title = words()[name];
  }
  find(".fn-viewer", element).setAttribute("aria-label", words().viewer);
  find(".fn-as-text", element).textContent = words().as_text;
  find(".fn-as-page", element).textContent = words().as_page;
  find(".fn-empty h2", element).textContent = words().viewer_empty;
  find(".fn-empty p", element).textContent = words().viewer_empty_detail;
}

Object.assign(clicks, {
  "[data-quotes]": (node) => {
    const quotes = JSON.parse(node.dataset.quotes);
    const again = node === viewer.chip && document.body.classList.contains("fn-reading");
    return open(quotes, again ? (viewer.at + 1) % quotes.length : 0, node);
  },
  ".fn-open": (node) => open([{file: node.dataset.file, start: 0, end: 0}], 0, node),
  ".fn-close": shut,
  ".fn-previous": () => step(-1),
  ".fn-next": () => step(1),
  ".fn-as-text": () => turnTo("text"),
  ".fn-as-page": () => turnTo("page"),
  ".fn-more-text": (node) => extend(node.dataset.side),
});
