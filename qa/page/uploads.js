// ---- files that come and go, each with its progress

const uploads = {waiting: [], running: null, saved: 0};
const sync = () => find("#fn-sync").click();

function upload(file, name) {
  const row = make("li");
  const title = make("bdi", "", name.length > 60 ? name.slice(0, 59) + "\u2026" : name);
  const bar = make("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `${words().uploading}: ${title.textContent}`);
  const said = make("small", "", words().uploading);
  const stop = make("button", "fn-upload-cancel", "\u00d7");
  stop.setAttribute("aria-label", `${words().cancel}: ${title.textContent}`);
  row.append(title, said, stop, bar);
  find(".fn-uploads").append(row);
  const job = {file, name, row, bar, said, stop, request: null, over: false};
  stop.addEventListener("click", () => drop(job));
  uploads.waiting.push(job);
}

function drop(job) {
  job.over = true;
  if (job.request) job.request.abort();
  done(job, words().cancelled, true);
}

function done(job, text, failed) {
  job.said.textContent = text;
  job.row.classList.toggle("fn-failed", failed);
  job.bar.remove();
  job.stop.remove();
}

function send(job) {
  return new Promise((resolve, reject) => {
    const config = window.gradio_config || {};
    const form = new FormData();
    form.append("files", job.file, job.file.name);
    const request = job.request = new XMLHttpRequest();
    const began = performance.now();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      job.bar.value = event.loaded / event.total;
      const left = (performance.now() - began) / event.loaded * (event.total - event.loaded) / 1000;
      if (left >= 1) job.said.textContent = words().left_seconds.replace("{count}", Math.round(left));
    });
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText)[0]);
      else reject(new Error(request.responseText.slice(0, 200) || words().upload_failed));
    });
    for (const kind of ["error", "abort"]) {
      request.addEventListener(kind, () => reject(new Error(words().upload_failed)));
    }
    request.open("POST", `${config.root || ""}${config.api_prefix || "/gradio_api"}/upload`);
    request.send(form);
  });
}

async function work() {
  if (uploads.running) return;
  uploads.running = true;
  let saved = 0;
  for (let job; (job = uploads.waiting.shift());) {
    if (job.over) continue;
    try {
      const kept = await call("take", await send(job), job.name);
      done(job, kept.problem || words().taken, Boolean(kept.problem));
      if (!kept.problem) saved += 1;
    } catch (error) {
      if (!job.over) done(job, error.message, true);
    }
  }
  uploads.running = false;
  if (saved) sync();
}

function add(files) {
  const list = find(".fn-uploads");
  if (!list || !files.length) return;
  if (!uploads.running) list.replaceChildren();
  const fit = (name) => props.suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
  const folder = files.some(({name}) => name.includes("/"));
  for (const {file, name} of files) {
    const hidden = name.split("/").some((part) => part.startsWith("."));
    if (!folder || (fit(name) && !hidden)) upload(file, name); // a folder may hold anything
  }
  document.body.classList.add("fn-browsing");
  tab("documents");
  work();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".fn-files, .fn-folder")) return;
  add([...event.target.files].map((file) => ({file, name: file.webkitRelativePath || file.name})));
  event.target.value = "";
});

async function entries(entry, above) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{file, name: above + file.name}];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    for (const one of some) found.push(...await entries(one, above + entry.name + "/"));
  }
  return found;
}

const dropping = make("div", "fn-dropping");
dropping.hidden = true;
document.body.append(dropping);
const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files") && find(".fn-uploads");
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    dropping.textContent = words().drop_here;
    dropping.hidden = false;
  });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) dropping.hidden = true; });
document.addEventListener("drop", async (event) => {
  dropping.hidden = true;
  if (!carries(event)) return;
  event.preventDefault();
  event.stopPropagation();
  const held = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const roots = held.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...event.dataTransfer.files].map((file) => ({file, name: file.name}));
  const found = roots.length ? (await Promise.all(roots.map((r) => entries(r, "")))).flat() : plain;
  add(found);
}, true);

async function removing(node) {
  const gone = await call("remove", node.dataset.file, words().code);
  const aside = make("div", "fn-notice", gone.said);
  aside.setAttribute("role", "status");
  if (gone.done) {
    const back = make("button", "fn-undo", words().undo);
    back.dataset.file = node.dataset.file;
    aside.append(back);
  }
  find(".fn-uploads").replaceChildren(make("li"));
  find(".fn-uploads > li").append(aside);
  if (gone.done) sync();
}

Object.assign(clicks, {
  ".fn-add-files": () => find(".fn-files").click(),
  ".fn-add-folder": () => find(".fn-folder").click(),
  ".fn-cancel": () => call("cancel"),
  ".fn-remove": removing,
  ".fn-undo": async (node) => {
    const back = await call("restore", node.dataset.file, words().code);
    if (back.done) { find(".fn-uploads").replaceChildren(); sync(); } else tell(back.said);
  },
});
