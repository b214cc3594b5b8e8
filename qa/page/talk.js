// ---- the conversation: kept, found, taken away, judged; suggestions; keys; waiting

const here = () => find(".fn-talk-head")?.dataset.conversation || "";
const turnOf = (node) => Number(node.closest(".fn-turn").dataset.turn);
const flag = (name, on) => document.body.classList.toggle(name, on);

function tab(name) {
  flag("fn-recalling", name === "kept");
  for (const one of ["documents", "kept"]) {
    find(".fn-tab-" + one)?.setAttribute("aria-pressed", String(one === name));
  }
  if (name === "kept") list();
}

let asked = 0;
async function list() {
  const rows = find(".fn-kept-rows");
  if (!rows) return;
  const request = ++asked;
  try {
    const html = await call("conversations", find(".fn-find-words").value, here(), words().code);
    if (request === asked) rows.innerHTML = html;
  } catch (error) { trouble(error); }
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.(".fn-find-words")) list();
});

function rename(node) {
  const row = node.closest("li"), button = find(".fn-recall", row);
  const field = make("input", "fn-new-name");
  field.value = find("bdi", button).textContent;
  field.setAttribute("aria-label", words().new_name);
  button.hidden = true;
  row.prepend(field);
  field.focus();
  field.select();
  const end = async (keep) => {
    if (!field.isConnected || field.disabled) return;
    field.disabled = true;
    if (keep) await call("rename", row.dataset.conversation, field.value).catch(trouble);
    const title = row.dataset.conversation === here() ? find(".fn-talk-head bdi") : null;
    if (keep && title && field.value.trim()) title.textContent = field.value.trim();
    await list();
    const again = find(`li[data-conversation="${row.dataset.conversation}"] .fn-rename`);
    if (document.activeElement === document.body) again?.focus(); // never away from elsewhere
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") { event.stopPropagation(); end(false); }
  });
  field.addEventListener("blur", () => end(true));
}

async function forget(node) {
  const row = node.closest("li");
  if (!confirm(words().delete_sure.replace("{name}", find("bdi", row).textContent))) return;
  const id = row.dataset.conversation;
  await call("forget", id).catch(trouble);
  if (id === here()) find("#fn-clear").click();
  await list();
}

// ---- below an answer

async function why(details) {
  const body = find(".fn-why-body", details);
  if (!details.open || body.childElementCount) return;
  try {
    body.innerHTML = await call("why", here(), turnOf(details), words().code);
  } catch (error) { body.replaceChildren(make("p", "fn-problem", error.message)); }
}
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".fn-why")) why(event.target);
  if (event.target.matches?.(".fn-takes") && event.target.open) {
    for (const other of all(".fn-takes[open]")) if (other !== event.target) other.open = false;
  }
}, true);

async function copy(node) {
  const {plain, html} = await call("copied", here(), turnOf(node), words().code);
  try {
    const both = {"text/plain": plain, "text/html": html};
    const blobs = Object.entries(both).map(([type, text]) => [type, new Blob([text], {type})]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    tell(words().copied);
  } catch {
    const held = make("textarea", "fn-unseen");
    held.value = plain;
    document.body.append(held);
    held.select();
    const copied = document.execCommand("copy");
    held.remove();
    node.focus();
    tell(copied ? words().copied : words().not_copied);
  }
}

async function takeAway(node) {
  const file = await call("taken", here(), Number(node.dataset.of), node.dataset.form, words().code);
  const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([bytes], {type: file.type}));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  node.closest("details").open = false;
}

const formOf = (node) => find(".fn-form", node.closest(".fn-answer"));

async function thumb(node, which) {
  const on = node.getAttribute("aria-pressed") !== "true";
  await call("thumb", here(), turnOf(node), on ? which : "", "");
  const bar = node.closest(".fn-actions");
  for (const one of ["up", "down"]) {
    find(".fn-thumb-" + one, bar).setAttribute("aria-pressed", String(on && one === which));
  }
  formOf(node).replaceChildren();
  if (on && which === "down") reasons(node);
}

function reasons(node) {
  const form = formOf(node), turn = turnOf(node);
  const group = make("fieldset");
  group.append(make("legend", "", words().thumb_why));
  for (const key of ["wrong", "part", "source", "refused"]) {
    const label = make("label"), box = make("input");
    Object.assign(box, {type: "radio", name: `fn-reason-${turn}`, value: key});
    label.append(box, " " + words()["reason_" + key]);
    group.append(label);
  }
  const more = make("textarea");
  more.rows = 2;
  more.placeholder = words().reason_more;
  more.setAttribute("aria-label", words().reason_more);
  const keep = make("button", "fn-keep-reason", words().keep);
  keep.addEventListener("click", async () => {
    const chosen = find("input:checked", group)?.value || "";
    const text = [chosen, more.value.trim()].filter(Boolean).join(": ");
    await call("thumb", here(), turn, "down", text).then(() => form.replaceChildren(), trouble);
    tell(words().kept_here);
    node.focus();
  });
  group.append(more, keep, make("small", "", words().kept_here));
  form.replaceChildren(group);
  find("input", group).focus();
  group.scrollIntoView({block: "nearest"});
}

// ---- suggestions: questions to begin and to go on with

function suggested(questions) {
  return questions.map((question) => {
    const button = make("button", "fn-suggested", question);
    button.dir = "auto";
    return button;
  });
}

function askThis(question) {
  const field = find("#fn-ask textarea");
  field.value = question;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  setTimeout(() => find("#fn-send").click(), 60);
}

let examining = 0;
async function examples() {
  clearTimeout(examining);
  const place = find(".fn-examples");
  if (!place) return;
  try {
    const {questions, done} = await call("examples", words().code);
    const shown = all(".fn-suggested", place).map((node) => node.textContent);
    if (place.isConnected && questions.join("\n") !== shown.join("\n")) {
      const title = make("p", "fn-note", words().try_asking);
      place.replaceChildren(...(questions.length ? [title, ...suggested(questions)] : []));
    }
    if (!done) examining = setTimeout(examples, 1500);
  } catch { /* without suggestions the page works as well */ }
}

const followed = new Set();
async function follow() {
  const turns = all(".fn-turn"), newest = turns[turns.length - 1];
  const place = newest && find(".fn-onward", newest);
  const key = `${here()} ${newest?.dataset.turn}`;
  if (!place || !here() || place.childElementCount || followed.has(key)) return;
  followed.add(key);
  try {
    const questions = await call("follow", here(), Number(newest.dataset.turn));
    const now = find(`#${newest.id} .fn-onward`);
    if (now && questions.length) now.replaceChildren(...suggested(questions));
  } catch { /* as above */ }
}

Object.assign(clicks, {
  ".fn-tab-documents": () => tab("documents"),
  ".fn-tab-kept": () => tab("kept"),
  ".fn-recall": (node) => {
    trigger("recall", {id: node.closest("li").dataset.conversation});
    flag("fn-browsing", false);
  },
  ".fn-rename": rename,
  ".fn-delete": forget,
  ".fn-copy": (node) => copy(node),
  ".fn-take": (node) => takeAway(node),
  ".fn-thumb-up": (node) => thumb(node, "up"),
  ".fn-thumb-down": (node) => thumb(node, "down"),
  ".fn-suggested": (node) => askThis(node.textContent),
  ".fn-toggle-documents": () => document.body.classList.toggle("fn-browsing"),
  ".fn-toggle-light": () => {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("footnote-light", dark ? "dark" : "light");
  },
});

// ---- clicks and keys of all scripts

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const node = event.target.closest?.(selector);
    if (node) { Promise.resolve(act(node)).catch(trouble); break; }
  }
  if (!event.target.closest?.(".fn-takes")) for (const menu of all(".fn-takes[open]")) menu.open = false;
  const toggle = find(".fn-toggle-documents");
  const browsing = document.body.classList.contains("fn-browsing");
  if (toggle) toggle.setAttribute("aria-expanded", String(browsing));
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("#fn-ask textarea");
  if (field && event.key === "ArrowUp" && !field.value && !event.isComposing) {
    const asked = all(".fn-question p");
    if (!asked.length) return;
    event.preventDefault();
    field.value = asked[asked.length - 1].textContent;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.setSelectionRange(field.value.length, field.value.length);
  }
  if (event.key !== "Escape") return;
  const menu = find(".fn-takes[open]");
  if (!card.hidden) hideCard();
  else if (menu) { menu.open = false; find("summary", menu).focus(); }
  else if (document.body.classList.contains("fn-reading") && touch()) shut();
  else document.body.classList.remove("fn-browsing");
});

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
const inSight = {turn: "", on: true};
function keepInSight(talk) {
  const newest = find("#fn-now .fn-turn");
  const key = here() + (newest?.id || "");
  if (key !== inSight.turn) Object.assign(inSight, {turn: key, on: true});
  if (!newest || !inSight.on) return;
  const top = newest.getBoundingClientRect().top - talk.getBoundingClientRect().top;
  talk.scrollTop = Math.min(talk.scrollHeight - talk.clientHeight, talk.scrollTop + top);
}
for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("#fn-talk")) inSight.on = false;
  }, {passive: true});
}

let shown = null; // the conversation and its length, as last seen
function settle() {
  const idle = !find(".fn-stage");
  const state = `${here()} ${all(".fn-turn").length} ${idle}`;
  if (state === shown) return;
  shown = state;
  if (here()) sessionStorage.setItem("footnote-conversation", here());
  if (idle && here()) follow();
  if (document.body.classList.contains("fn-recalling")) list();
}

redraws.push(() => {
  const talk = find("#fn-talk");
  if (talk) keepInSight(talk);
  light();
  tick();
  settle();
  const place = find(".fn-examples");
  if (place && !place.dataset.asked) { place.dataset.asked = "yes"; examples(); }
});
