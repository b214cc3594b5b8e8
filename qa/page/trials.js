// ---- the evaluation view, and cases made of answers

let watching = 0;
async function trials() {
  clearTimeout(watching);
  const inner = find("#fn-trials .html-container") || find("#fn-trials");
  if (!document.body.classList.contains("fn-trying")) return;
  try {
    const html = await call("trials", words().code);
    const chosen = find(".fn-trial-cases")?.value;
    inner.innerHTML = html;
    const cases = find(".fn-trial-cases");
    if (cases && chosen) cases.value = chosen;
  } catch (error) { inner.replaceChildren(make("p", "fn-problem", error.message)); }
  if (find(".fn-trial-stop")) watching = setTimeout(trials, 2000);
}

function look(at) {
  flag("fn-trying", at === "trials");
  for (const one of ["chat", "trials"]) {
    find(".fn-view-" + one).setAttribute("aria-pressed", String(one === at));
  }
  trials();
}

function caseForm(node) {
  const form = formOf(node), turn = turnOf(node);
  const said = find(".fn-text", node.closest(".fn-answer"))?.cloneNode(true);
  for (const chip of all(".fn-chip", said || form)) chip.remove();
  const group = make("fieldset");
  const field = (name, tag) => {
    const label = make("label", "", words()[name]), input = make(tag);
    label.append(input);
    group.append(label);
    return input;
  };
  group.append(make("legend", "", words().case_add));
  const gold = field("case_gold", "textarea");
  gold.rows = 3;
  gold.value = said ? said.textContent.replace(/\s+/g, " ").trim() : "";
  const include = field("case_include", "input");
  const keep = make("button", "fn-keep-case", words().case_add);
  const problem = make("p", "fn-problem");
  keep.addEventListener("click", async () => {
    keep.disabled = true;
    problem.textContent = "";
    try {
      tell((await call("case", here(), turn, gold.value, include.value)) || words().case_added);
      form.replaceChildren();
      node.focus();
    } catch (error) {
      problem.textContent = error.message;
      keep.disabled = false;
    }
  });
  group.append(keep, problem);
  form.replaceChildren(group);
  gold.focus();
  group.scrollIntoView({block: "nearest"});
}

Object.assign(clicks, {
  ".fn-view-chat": () => look("chat"),
  ".fn-view-trials": () => look("trials"),
  ".fn-trial-start": () => call("trial_start", Number(find(".fn-trial-cases").value)).then(trials),
  ".fn-trial-stop": () => call("trial_stop").then(trials),
  ".fn-case": caseForm,
});
