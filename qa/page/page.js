// The page's moves. This is what all scripts share; Gradio runs them once, in one scope, with the
// source viewer as `element` and `server` asking Python. Whatever comes from documents goes in as text;
// HTML comes only from the server, where everything foreign in it was escaped.

const words = () => props.words;
const find = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const touch = () => matchMedia("(max-width: 860px)").matches;
const clicks = {};  // selector: what a click on it does; each script adds its own
const redraws = []; // what each script does after the page was redrawn

async function call(name, ...given) {
  const said = await server.footnote(name, given);
  if (said && said.problem !== undefined) throw new Error(said.problem === "?" ? words().failed : said.problem);
  return said.value;
}

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  if (tag === "button") node.type = "button";
  return node;
}

// Tell something to everybody, screen readers too; it goes after a while.
const toast = make("p", "fn-toast");
toast.setAttribute("role", "status");
document.body.append(toast);
let toasted = 0;
function tell(text) {
  clearTimeout(toasted);
  toast.textContent = text;
  toast.dir = "auto";
  toasted = setTimeout(() => { toast.textContent = ""; }, 6000);
}
const trouble = (error) => tell(error.message);

const here = () => find(".fn-talk-head")?.dataset.conversation || "";
const turnOf = (node) => Number(node.closest(".fn-turn").dataset.turn);
const flag = (name, on) => document.body.classList.toggle(name, on);
