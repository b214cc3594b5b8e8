// ---- the conversations at the left: listed, found, recalled, named, deleted

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

Object.assign(clicks, {
  ".fn-tab-documents": () => tab("documents"),
  ".fn-tab-kept": () => tab("kept"),
  ".fn-recall": (node) => {
    trigger("recall", {id: node.closest("li").dataset.conversation});
    flag("fn-browsing", false);
  },
  ".fn-rename": rename,
  ".fn-delete": forget,
});
