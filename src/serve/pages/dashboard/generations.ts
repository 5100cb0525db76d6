/** The dashboard's generations: rolled forward or back, and made. */
export const GENERATIONS_SCRIPT = String.raw`
let shownGenerations;
async function lookAtGenerations() {
  const answer = await call("/v1/generations"), state = JSON.stringify(answer);
  // Rows that are made anew would take the focus away from a button.
  if (state === shownGenerations) return;
  shownGenerations = state;
  const { active, generations } = answer;
  $("generations").replaceChildren(...generations.reverse().map((one) => generationRow(one, active)));
  $("noGenerations").hidden = generations.length > 0;
}
function generationRow(one, active) {
  const isActive = one.generation === active;
  const hash = one.verifiable === false ? "not verifiable: a user was erased" : one.sha256.slice(0, 12);
  return row(
    element("th", { scope: "row" }, one.generation),
    cell(isActive ? "active" : button("activate", "activate " + one.generation, "generations", () => activate(one, active), "admin")),
    cell(new Date(one.at).toLocaleString()),
    cell(number(one.offset), "number"),
    cell(number(one.users) + " x " + number(one.items) + " x " + one.factors, "number"),
    cell(metricsText(one.metrics, one.baseline)),
    cell(hash, one.verifiable === false ? "note" : "code"),
  );
}
async function activate({ generation, at, offset }, active) {
  const text = "It was trained on the events below " + number(offset) + ", on " + new Date(at).toLocaleString() +
    ". Those since then are applied first; until then " + (active ?? "nothing") + " answers.";
  if (!await confirmed("Activate " + generation + "?", text, "Activate " + generation)) return;
  await send("POST", "/v1/generations/" + encodeURIComponent(generation) + "/activate");
  await Promise.all([lookAtGenerations(), lookAtState()]);
}

let runningJob;
$("train").onsubmit = (event) => {
  event.preventDefault();
  act("generations", $("trainButton"), train);
};
async function train() {
  const settings = $("activateNew").checked ? {} : { "no-activate": true };
  let jobId;
  try {
    ({ jobId } = await send("POST", "/v1/jobs/train", settings));
  } catch (error) {
    // One that was started elsewhere is followed as well.
    jobId = error.status === 409 ? /job (\S+) is running/.exec(error.message)?.[1] : undefined;
    if (jobId === undefined) throw error;
    report("generations", "act", new Error("A training is running already."));
  }
  await followJob(jobId);
}
async function followJob(jobId) {
  runningJob = jobId;
  for (;;) {
    let job;
    try {
      job = await call("/v1/jobs/" + encodeURIComponent(jobId));
    } catch (error) {
      if (error.status !== undefined && error.status < 500 && error.status !== 429) {
        $("job").hidden = true;
        throw error;
      }
      $("jobText").textContent = error.message;
    }
    if (job !== undefined) showJob(job);
    if (job !== undefined && job.state !== "running") break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await lookAtGenerations();
}
function showJob(job) {
  $("job").hidden = false;
  $("jobText").textContent = jobText(job, new Date().toISOString());
  $("jobBar").hidden = $("cancelJob").hidden = job.state !== "running";
  $("jobBar").value = job.progress ?? 0;
}
$("cancelJob").onclick = () =>
  act("generations", $("cancelJob"), async () => {
    showJob(await send("DELETE", "/v1/jobs/" + encodeURIComponent(runningJob)));
  });
every(5000, "generations", lookAtGenerations);
`;
