// ---- the conversation: seconds told, the newest turn in sight, earlier turns fetched

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
});

// Of a long conversation the latest turns are here; earlier ones come above, and nothing jumps.
async function earlier(button) {
  const talk = find("#fn-talk"), turns = button.nextElementSibling;
  const came = make("div");
  came.innerHTML = await call("earlier", here(), Number(button.dataset.before), words().code);
  if (!button.isConnected) return;
  const below = talk.scrollHeight - talk.scrollTop;
  const more = find(".fn-earlier", came), first = find(".fn-turn", came);
  if (!first) return;
  turns.prepend(...all(".fn-turn", came));
  button.replaceWith(...(more ? [more] : []));
  talk.scrollTop = talk.scrollHeight - below;
  first.tabIndex = -1;
  (more || first).focus({preventScroll: true});
}
clicks[".fn-earlier"] = earlier;
