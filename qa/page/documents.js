// ---- the document list: ticks and filters

const ticks = () => all(".fn-include");
const unticked = new Set();
const sifted = {words: "", language: "", from: "", to: ""};

function fits(row) {
  const published = row.dataset.published;
  return row.dataset.words.includes(sifted.words.toLowerCase())
    && (!sifted.language || row.dataset.language === sifted.language)
    && (!sifted.from || (published && published >= sifted.from))
    && (!sifted.to || (published && published.slice(0, sifted.to.length) <= sifted.to));
}

function sift() {
  const rows = all(".fn-documents > li");
  for (const row of rows) row.hidden = !fits(row);
  tally();
}

const searched = () => ticks().filter((box) => box.checked && !box.closest("li").hidden);

function tally() {
  const whole = find("#fn-all");
  if (!whole) return;
  const boxes = ticks().filter((box) => !box.closest("li").hidden);
  const on = boxes.filter((box) => box.checked).length;
  whole.checked = boxes.length > 0 && on === boxes.length;
  whole.indeterminate = on > 0 && on < boxes.length;
  const told = find(".fn-filtered");
  const some = searched().length < ticks().length;
  const said = some
    ? words().filtered.replace("{count}", searched().length).replace("{total}", ticks().length) : "";
  if (told && told.textContent !== said) told.textContent = said;
}

function remember() {
  for (const box of ticks()) {
    if (box.checked) unticked.delete(box.dataset.file);
    else unticked.add(box.dataset.file);
  }
  tally();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "fn-all") {
    for (const box of ticks()) if (!box.closest("li").hidden) box.checked = event.target.checked;
  }
  if (event.target.matches(".fn-include, #fn-all")) remember();
});
document.addEventListener("input", (event) => {
  const field = event.target.closest?.(".fn-filter input, .fn-filter select");
  if (!field) return;
  sifted[field.className.replace("fn-filter-", "")] = field.value;
  sift();
});

window.footnote = {
  selected() {
    const on = searched().map((box) => box.dataset.file);
    return on.length === ticks().length ? "" : JSON.stringify(on);
  },
};

redraws.push(() => {
  for (const box of ticks()) {
    const on = !unticked.has(box.dataset.file);
    if (box.checked !== on) box.checked = on;
  }
  for (const [name, value] of Object.entries(sifted)) {
    const field = find(".fn-filter-" + name);
    if (field && value && field.value !== value) field.value = value;
  }
  sift();
});
