/** What stands on the dashboard before anything is known. */
const problem = (section: string) => `<p id="${section}Problem" class="warning" role="alert" hidden></p>`;

const HEADER = `
<header><h1>Foz</h1><span id="state" class="badge" role="status">connecting</span>
<nav aria-label="Pages"><a href="/docs">interface</a> <a href="/metrics">metrics</a></nav></header>
<form id="keyForm" class="noPrint" hidden>
  <label>API key <input id="key" type="password" autocomplete="off" spellcheck="false" aria-describedby="keyNote keyProblem"></label>
  <button>Use this key</button> <span id="keyNote" class="note">kept in this page's memory only</span>
  <p id="keyProblem" class="warning" role="alert" hidden></p>
</form>`;

const TILES = `
<section aria-label="State">
<div class="tiles">
  <div><b id="generation">-</b><span>active generation</span></div>
  <div><b id="size">-</b><span>users x items</span></div>
  <div><b id="events">-</b><span>records in the log</span></div>
  <div><b id="lag">-</b><span>not applied yet</span></div>
  <div><b id="eventRate">-</b><svg id="eventCurve" role="img" viewBox="0 0 600 120" preserveAspectRatio="none"></svg><span>events a second</span></div>
  <div><b id="requestRate">-</b><svg id="requestCurve" role="img" viewBox="0 0 600 120" preserveAspectRatio="none"></svg><span>requests a second</span></div>
</div>
${problem("state")}<p id="warnings" class="warning" role="status" hidden></p>
</section>`;

const QUALITY = `
<section aria-labelledby="qualityTitle"><h2 id="qualityTitle">How good</h2>
<p id="learner" class="note">Nothing is known yet.</p>${problem("quality")}
<p id="notLearning" hidden>No learner reports to this server. <code>foz up</code> has one of its own, beside <code>foz serve</code> it is <code>foz learn</code>.</p>
<div id="learning" hidden>
<p id="measured"></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="qualityTitle"><table id="figuresTable" hidden>
<thead><tr><th rowspan="2" scope="col">figure</th><th colspan="2" scope="colgroup" class="number">window</th><th colspan="2" scope="colgroup" class="number">since the generation</th><th rowspan="2" scope="col">live is</th></tr>
<tr><th scope="col" class="number">live</th><th scope="col" class="number">beside</th><th scope="col" class="number">live</th><th scope="col" class="number">beside</th></tr></thead>
<tbody id="figures"></tbody></table></div>
<p class="note">Beside: the same events by what is popular; ratings by the items' damped means.
Curves are of the window, since this page was opened; vertical lines are changes that a detector saw, and new generations.</p>
<div id="curves" class="two"></div>
<p id="driftCount" role="status"></p><ul id="drifts"></ul>
</div></section>`;

const GENERATIONS = `
<section aria-labelledby="generationsTitle"><h2 id="generationsTitle">Generations</h2>${
  problem("generations")
}
<p id="noGenerations" hidden>None was trained yet.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="generationsTitle"><table class="wide"><thead><tr><th scope="col">generation</th><th scope="col">state</th><th scope="col">made</th>
<th scope="col" class="number">offset</th><th scope="col" class="number">users x items x factors</th><th scope="col">metrics</th><th scope="col">SHA-256</th></tr></thead>
<tbody id="generations"></tbody></table></div>
<form id="train" class="noPrint"><button id="trainButton" class="admin">Train a generation</button>
<label class="admin"><input id="activateNew" type="checkbox" checked> activate it when it is ready</label></form>
<div id="job" hidden><p id="jobText" role="status"></p><progress id="jobBar" max="1" aria-label="Training"></progress>
<button id="cancelJob" type="button" class="admin">Cancel the training</button></div>
</section>`;

const MODELS = `
<section id="modelsSection" aria-labelledby="modelsTitle"><h2 id="modelsTitle">Online models</h2>${
  problem("models")
}
<div class="scroll" tabindex="0" role="region" aria-labelledby="modelsTitle"><table id="modelsTable" class="wide" hidden><thead><tr><th scope="col">model</th><th scope="col" class="number">targets learned</th>
<th scope="col">metrics</th><th scope="col">the first metric since this page was opened</th><th scope="col">drift</th></tr></thead><tbody id="models"></tbody></table></div>
<p id="moreModels" class="note" hidden></p>
<p id="noModels" hidden>There are none. This makes one: <code id="makeModel"></code></p></section>`;

const USER = `
<section class="two" aria-label="A user">
<article aria-labelledby="userTitle"><h2 id="userTitle">A user</h2>
  <form id="ask" class="noPrint"><label>user <input id="user" value="1" required maxlength="256" autocomplete="off"></label>
  <label>items <input id="limit" type="number" min="1" max="50" value="10" required></label><button id="askButton">Recommend</button>
  <button id="erase" type="button" class="admin danger">Erase this user</button></form>
  ${problem("user")}<p id="erased" role="status" hidden></p><p id="origin" class="note"></p>
  <table aria-labelledby="userTitle"><thead><tr><th scope="col">#</th><th scope="col">item</th><th scope="col" class="number">score</th><td></td></tr></thead><tbody id="list"></tbody></table>
</article>
<article><h2 id="historyTitle">What the user did</h2><p class="note">Newest first. "I did" beside an item adds an event; it leaves the list at once.</p>
  <p id="noHistory" hidden>Nothing.</p>
  <table aria-labelledby="historyTitle"><thead><tr><th scope="col">item</th><th scope="col" class="number">value</th><th scope="col">when</th><td></td></tr></thead><tbody id="history"></tbody></table>
  <h2 id="similarTitle">Similar items</h2><p id="similarTo" class="note" role="status">Choose an item.</p><table aria-labelledby="similarTitle"><tbody id="similar"></tbody></table>
</article></section>`;

const CONFIRM = `
<dialog id="confirm" aria-labelledby="confirmTitle" aria-describedby="confirmText"><h2 id="confirmTitle"></h2><p id="confirmText"></p>
<button id="confirmNo" type="button" autofocus>Cancel</button><button id="confirmYes" type="button" class="danger"></button></dialog>`;

export const DASHBOARD_BODY =
  `${HEADER}<main>${TILES}${QUALITY}${USER}${GENERATIONS}${MODELS}</main><noscript>This page shows nothing without JavaScript.</noscript>${CONFIRM}`;
