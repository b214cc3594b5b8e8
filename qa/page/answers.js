// ---- below an answer: why it says so, copying it, taking it away, judging it

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

Object.assign(clicks, {
  ".fn-copy": copy,
  ".fn-take": takeAway,
  ".fn-thumb-up": (node) => thumb(node, "up"),
  ".fn-thumb-down": (node) => thumb(node, "down"),
});
