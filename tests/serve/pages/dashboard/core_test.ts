import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Keys } from "../../../../src/serve/keys.ts";
import { visitDashboard } from "../visit_dashboard.ts";

const SECTIONS = ["state", "quality", "user", "generations", "models"];
const digest = (key: string) => createHash("sha256").update(key).digest("hex");
const keys = Keys.parse(`read:${digest("reader")},write:${digest("writer")},admin:${digest("boss")}`);

describe("the dashboard's requests", () => {
  it("ask for a key where one is needed, once, and go on with it", async () => {
    const { $, body, server, asked, until, leave } = await visitDashboard({ app: { keys } });
    await until("the key is asked for", () => !$("keyForm").hidden);
    await until("the state is known without a key", () => $("state").textContent === "ready");
    for (const section of SECTIONS) assert.equal($(`${section}Problem`).hidden, true, section);
    const before = asked.filter((path) => path.startsWith("/v1")).length;
    const looks = asked.length + 10;
    await until("ten looks at the state", () => asked.length > looks);
    assert.equal(asked.filter((path) => path.startsWith("/v1")).length, before);

    $("key").value = "no key";
    $("keyForm").submit();
    assert.match($("keyProblem").textContent, /without spaces/);
    $("key").value = "unknown";
    $("keyForm").submit();
    await until("the key is refused", () => /not one of this server's/.test($("keyProblem").textContent));

    $("key").value = "reader";
    $("keyForm").submit();
    await until("the list", () => $("list").children.length > 0);
    await until("generations", () => $("generations").children.length === 1);
    assert.equal($("keyProblem").hidden, true);
    assert.equal(body.classes.has("no-admin"), false);

    $("train").submit();
    await until("a refusal", () => !$("generationsProblem").hidden);
    assert.equal($("generationsProblem").textContent, 'this needs the scope "admin"; the key has read');
    assert.equal(body.classes.has("no-admin"), true);
    $("key").value = "boss";
    $("keyForm").submit();
    assert.equal(body.classes.has("no-admin"), false);
    assert.equal($("generationsProblem").hidden, true);
    assert.deepEqual(server.jobs.list(), []);
    await leave();
  });

  it("ask for another key where the one given may not look", async () => {
    const { $, until, leave } = await visitDashboard({ app: { keys } });
    await until("the key is asked for", () => !$("keyForm").hidden);
    $("key").value = "writer";
    $("keyForm").submit();
    await until("the scope is named", () => /needs the scope "read"/.test($("keyProblem").textContent));
    await leave();
  });

  it("are not stopped by what is said late of a key that was replaced", async () => {
    const { $, server, until, leave, replace } = await visitDashboard({ app: { keys } });
    await until("the key is asked for", () => !$("keyForm").hidden);
    let isRefused = () => {}, asked = 0;
    const held = new Promise<void>((resolve) => isRefused = resolve);
    replace((request) => {
      if (request.headers.get("authorization") !== "Bearer unknown") return undefined;
      asked++;
      return held.then(() => server.app.fetch(request, {}));
    });
    $("key").value = "unknown";
    $("keyForm").submit();
    await until("it is used", () => asked > 0);
    $("key").value = "reader";
    $("keyForm").submit();
    await until("the list", () => $("list").children.length > 0);
    isRefused();
    await until("generations, whose answer was held", () => $("generations").children.length === 1);
    assert.equal($("keyProblem").hidden, true);
    await leave();
  });

  it("say in words that nobody answers, and go on when somebody does", async () => {
    const { $, until, leave, replace } = await visitDashboard();
    await until("generations", () => $("generations").children.length === 1);
    replace(() => Promise.reject(new TypeError("Failed to fetch")));
    await until("the state says so", () => $("state").textContent === "no answer");
    assert.match($("stateProblem").textContent, /^The server at localhost does not answer; is it running\?$/);
    $("ask").submit();
    await until(
      "so does what was asked for",
      () => /localhost does not answer/.test($("userProblem").textContent),
    );
    for (const section of ["quality", "generations", "models"]) {
      assert.equal($(`${section}Problem`).hidden, true, section);
    }
    replace(() => new Response("<h1>Bad Gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
    await until("another's answer is shown", () => /Bad Gateway/.test($("modelsProblem").textContent));
    replace(undefined);
    $("ask").submit();
    await until("the state is ready", () => $("state").textContent === "ready");
    await until("the problem is gone", () => SECTIONS.every((section) => $(`${section}Problem`).hidden));
    await leave();
  });

  it("rest while nobody looks, but for the curves", async () => {
    const { $, asked, until, setHidden, leave } = await visitDashboard();
    await until("the list", () => $("list").children.length > 0);
    setHidden(true);
    const after = asked.length;
    await until(
      "states one at a time",
      () => asked.slice(after).filter((path) => path.includes("count=1")).length > 20,
    );
    // Those that were under way may still ask for their last.
    assert.deepEqual(new Set(asked.slice(-10)), new Set(["/v1/stream?count=1"]));
    setHidden(false);
    const shown = asked.length;
    await until("the stream", () => asked.slice(shown).includes("/v1/stream"));
    await leave();
  });
});
