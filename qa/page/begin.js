// ---- everything begins

const observer = new MutationObserver(() => redraws.forEach((redraw) => redraw()));
for (const id of ["fn-talk", "fn-left"]) {
  const node = document.getElementById(id);
  if (node) observer.observe(node, {childList: true, subtree: true});
}

const light0 = localStorage.getItem("footnote-light");
if (light0) flag("dark", light0 === "dark");
function localize() {
  document.documentElement.lang = words().code;
  label();
  if (document.body.classList.contains("fn-recalling")) setTimeout(() => tab("kept"));
  if (document.body.classList.contains("fn-trying")) setTimeout(() => look("trials"));
}
watch("words", localize);
localize();
redraws.forEach((redraw) => redraw());
