import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { plantedGeneration } from "../../planted_generation.ts";
import { activate, ITEM_IDS, USER_IDS } from "../../planted_server.ts";
import { type DashboardVisit, visitDashboard } from "../visit_dashboard.ts";

/** A server whose second generation is active. */
async function withTwo(): Promise<DashboardVisit & { first: string; second: string }> {
  const visited = await visitDashboard(), { server, $, until } = visited;
  const { logId } = server.store.eventLog, first = server.content!.generation.generation, second = "g-second";
  const content = await plantedGeneration({
    userIds: USER_IDS,
    itemIds: ITEM_IDS,
    logId,
    generation: second,
  });
  await activate(server.store, content);
  await until("both", () => $("generations").children.length === 2 && $("generation").textContent === second);
  return Object.assign(visited, { first, second });
}

describe("the dashboard's generations", () => {
  it("are rolled back once that was confirmed", async () => {
    const { $, first, second, server, until, leave } = await withTwo();
    const [newest, oldest] = $("generations").all("tr");
    assert.match(newest.textContent, new RegExp(`^${second}active`));
    assert.deepEqual(newest.all("button"), []);
    const [back] = oldest.all("button");
    assert.equal(back.getAttribute("aria-label"), `activate ${first}`);

    back.click();
    assert.equal($("confirm").open, true);
    assert.equal($("confirmTitle").textContent, `Activate ${first}?`);
    $("confirmNo").click();
    await until("the button rests", () => back.getAttribute("aria-busy") === "false");
    assert.equal((await server.store.generations.active())?.generation, second);

    back.click();
    $("confirmYes").click();
    await until("it is active", () => $("generation").textContent === first);
    assert.equal((await server.store.generations.active())?.generation, first);
    await until("the list says so", () => $("generations").all("button").length === 1);
    assert.equal($("generations").all("button")[0].getAttribute("aria-label"), `activate ${second}`);
    await leave();
  });

  it("keep their rows, and with them the focus, as long as nothing changes", async () => {
    const { $, asked, until, leave } = await visitDashboard();
    await until("the list", () => $("generations").children.length === 1);
    const [row] = $("generations").children,
      looks = () => asked.filter((path) => path === "/v1/generations").length;
    const before = looks();
    await until("three looks more", () => looks() > before + 3);
    assert.equal($("generations").children[0], row);
    await leave();
  });

  it("say that they cannot be verified once a user was erased", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await until("the list", () => $("generations").children.length === 1);
    assert.match($("generations").textContent, new RegExp(server.content!.generation.sha256.slice(0, 12)));
    await server.send("DELETE", "/v1/users/42");
    await until("it is said", () => /not verifiable: a user was erased/.test($("generations").textContent));
    await leave();
  });
});

describe("the dashboard's training", () => {
  it("shows how far it is, and is cancelled", async () => {
    const { $, server, until, leave } = await visitDashboard();
    $("train").submit();
    await until("the phase", () => /^Training: read 10 %/.test($("jobText").textContent));
    assert.equal($("job").hidden, false);
    assert.equal($("jobBar").value, 0.1);
    // A second click while it runs starts nothing.
    $("train").submit();
    $("cancelJob").click();
    await until("it is cancelled", () => /^The training was cancelled/.test($("jobText").textContent));
    assert.deepEqual(server.jobs.list().map((job) => job.state), ["cancelled"]);
    assert.equal($("jobBar").hidden && $("cancelJob").hidden, true);
    await until("the button rests", () => $("trainButton").getAttribute("aria-busy") === "false");
    await leave();
  });

  it("follows one that somebody else started", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await server.send("POST", "/v1/jobs/train");
    $("train").submit();
    await until("the phase", () => /^Training: read 10 %/.test($("jobText").textContent));
    assert.equal($("generationsProblem").textContent, "A training is running already.");
    $("cancelJob").click();
    await until("it is cancelled", () => /^The training was cancelled/.test($("jobText").textContent));
    await leave();
  });

  it("says why it failed", async () => {
    const trainCommand = ["eval", "--quiet", "console.error('there are no events'); Deno.exit(1)"];
    const { $, until, leave } = await visitDashboard({ trainCommand });
    $("train").submit();
    await until(
      "the reason",
      () => /^The training failed after .*: there are no events$/.test($("jobText").textContent),
    );
    await leave();
  });

  it("asks for no activation where that is not wanted", async () => {
    const trainCommand = ["eval", "--quiet", "console.log(JSON.stringify({ generation: Deno.args.join() }))"];
    const { $, until, leave } = await visitDashboard({ trainCommand });
    $("activateNew").checked = false;
    $("train").submit();
    await until("the end", () => /generation --no-activate\.$/.test($("jobText").textContent));
    await leave();
  });
});
