/** What all parts of the dashboard's script use: elements, requests with the key, problems in words, loops, confirmation. */
export const CORE_SCRIPT = String.raw`
const $ = (id) => document.getElementById(id);
function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.onclick = value;
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const shape = (tag, attributes, ...children) =>
  fill(document.createElementNS($("eventCurve").namespaceURI, tag), attributes, children);
const cell = (content, className) => element("td", { class: className }, content);
const row = (...cells) => element("tr", {}, ...cells);

/** Problems by section and source: of what was clicked, which stays until the next click, and of what is looked at. */
const problems = {};
function report(section, source, error) {
  const known = problems[section] ??= {};
  known[source] = error?.message;
  const text = [...new Set(Object.values(known).filter(Boolean))].join(" ");
  if ($(section + "Problem").textContent !== text) $(section + "Problem").textContent = text;
  $(section + "Problem").hidden = text === "";
}
async function act(section, button, run) {
  // Not "disabled": that would take the focus away from who uses the keyboard.
  if (button?.getAttribute("aria-busy") === "true") return;
  report(section, "act", undefined);
  button?.setAttribute("aria-busy", "true");
  try {
    await run();
  } catch (error) {
    report(section, "act", error.status === 401 ? undefined : error);
  } finally {
    button?.setAttribute("aria-busy", "false");
  }
}
/** With the class "admin" it is not shown once the server has said that the key may not. */
function button(text, label, section, run, className) {
  const made = element("button", { type: "button", class: className, "aria-label": label }, text);
  made.onclick = () => act(section, made, run);
  return made;
}

// The key is nowhere but here: it is gone with the page.
let key = "", isLocked = false;
function askForKey(message) {
  isLocked = true;
  $("keyForm").hidden = false;
  $("keyProblem").hidden = false;
  $("keyProblem").textContent = message;
}
$("keyForm").onsubmit = (event) => {
  event.preventDefault();
  const given = $("key").value.trim();
  if (/[^\x21-\x7e]/.test(given)) return askForKey("a key has letters, digits and signs of ASCII, without spaces");
  key = given;
  isLocked = false;
  $("keyProblem").hidden = true;
  document.body.classList.remove("no-admin");
  for (const section of Object.keys(problems)) report(section, "act", undefined);
  wake();
  recommendFirst();
};
async function request(path, options = {}) {
  const headers = { ...options.headers }, usedKey = key;
  if (usedKey) headers.authorization = "Bearer " + usedKey;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    throw noAnswer(error);
  }
  if (response.ok) return response;
  const text = await response.text();
  let body = text;
  try {
    body = JSON.parse(text);
  } catch { /* what stands between may answer with a page of its own */ }
  const words = problemText(response.status, body);
  // What is said of a key that was replaced meanwhile says nothing of the new one.
  const isOfKey = usedKey === key;
  if (response.status === 401 && isOfKey) askForKey(words);
  if (response.status === 403 && isOfKey && words.includes('"admin"')) document.body.classList.add("no-admin");
  throw Object.assign(new Error(words), { status: response.status, body, isOfKey });
}
function noAnswer(error) {
  if (error.name === "AbortError") return error;
  const words = "The server at " + location.host + " does not answer; is it running?";
  return Object.assign(new Error(words), { isSilence: true });
}
const call = async (path, options) => await (await request(path, options)).json();
const send = (method, path, body) =>
  call(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Looks again and again, also after a failure; not while a key is wanted, nor, without "whileHidden", while nobody looks. */
const loops = [];
function every(ms, section, look, { whileHidden = false, needsKey = true } = {}) {
  let timer, isRunning = false;
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    clearTimeout(timer);
    if ((whileHidden || !document.hidden) && !(needsKey && isLocked)) {
      try {
        await look();
        report(section, look.name, undefined);
      } catch (error) {
        // A key that may not even look is asked for again, once, instead of being refused every second.
        if (error.status === 403 && error.isOfKey && key) askForKey(error.message);
        const isAboutKey = error.status === 401 || error.status === 403 && (isLocked || !error.isOfKey);
        // That nobody answers is said once, at the top.
        report(section, look.name, isAboutKey || error.isSilence && section !== "state" ? undefined : error);
      }
    }
    isRunning = false;
    timer = setTimeout(run, ms);
  };
  loops.push(run);
  run();
}
const wake = () => loops.forEach((run) => run());
document.addEventListener("visibilitychange", () => document.hidden || wake());

/** True when the person says yes; Escape and "Cancel" say no. */
function confirmed(title, text, yes) {
  const dialog = $("confirm");
  $("confirmTitle").textContent = title;
  $("confirmText").textContent = text;
  $("confirmYes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.onclose = () => resolve(dialog.returnValue === "yes"));
}
$("confirmYes").onclick = () => $("confirm").close("yes");
$("confirmNo").onclick = () => $("confirm").close("");

const CURVE = { width: 600, height: 120 };
/** Draws points {t, values} with a dashed second line, and lines where something happened, {t, kind, text}. */
function draw(svg, label, names, points, marks = []) {
  const { width, height } = CURVE, frame = frameOf(points), lines = [];
  svg.setAttribute("aria-label", curveText(label, names, points));
  if (frame !== undefined) {
    for (const { t, kind, text } of marks.filter((mark) => mark.t >= frame.from)) {
      const x = along(frame, t, width).toFixed(1);
      lines.push(shape("path", { class: kind, d: "M" + x + " 0V" + height }, shape("title", {}, text)));
    }
    names.forEach((_, k) => lines.push(shape("path", { class: "line" + k, d: linePath(points, frame, k, width, height) })));
  }
  svg.replaceChildren(...lines);
}
const curve = (className) =>
  shape("svg", { class: className, role: "img", viewBox: "0 0 " + CURVE.width + " " + CURVE.height, preserveAspectRatio: "none" });
// Who wants less motion gets curves that move every ten seconds.
const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const isDue = (seconds) => !isCalm || seconds % 10 === 0;
`;
