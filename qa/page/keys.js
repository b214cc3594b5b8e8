// ---- clicks and keys, whichever script they are for

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

Object.assign(clicks, {
  ".fn-toggle-documents": () => document.body.classList.toggle("fn-browsing"),
  ".fn-toggle-light": () => {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("footnote-light", dark ? "dark" : "light");
  },
});
