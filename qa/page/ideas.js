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

Object.assign(clicks, {".fn-suggested": (node) => askThis(node.textContent)});

redraws.push(() => {
  const place = find(".fn-examples");
  if (place && !place.dataset.asked) { place.dataset.asked = "yes"; examples(); }
});
