import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { LearnerFigures } from "../../../../src/domain/learner_figures.ts";
import { visitDashboard } from "../visit_dashboard.ts";

function learnerFigures(change: Partial<LearnerFigures> = {}): LearnerFigures {
  const validation = { recallAt10: 0.15, popularRecallAt10: 0.1, ndcgAt10: 0.08, popularNdcgAt10: 0.05 };
  return {
    generation: "g1",
    appliedOffset: 100,
    numericFailures: 0,
    window: { rankedEvents: 50, ratedEvents: 0, ...validation },
    total: { rankedEvents: 200, ratedEvents: 0, ...validation, recallAt10: 0.12 },
    driftCount: 0,
    drifts: [],
    ...change,
  };
}

describe("the dashboard's state", () => {
  it("shows what is served and how much of it there is", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await until("the state", () => $("state").textContent === "ready");
    const { generation } = server.content!.generation;
    assert.equal($("generation").textContent, generation);
    assert.equal($("lag").textContent, "0");
    await until("a rate", () => $("requestRate").textContent !== "");
    assert.equal($("warnings").hidden, true);
    await leave();
  });

  it("says why nothing is served yet", async () => {
    const { $, until, leave } = await visitDashboard({ planted: false });
    await until("the reason", () => $("warnings").textContent === "no generation is active");
    assert.equal($("state").textContent, "not ready");
    assert.equal($("stateProblem").hidden, true);
    await until("none in the list", () => !$("noGenerations").hidden);
    await leave();
  });
});

describe("how good it is", () => {
  it("is said of a learner only", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await until("nobody learns", () => !$("notLearning").hidden);
    assert.equal($("learning").hidden, true);
    server.model.measured(
      learnerFigures({
        total: { rankedEvents: 0, ratedEvents: 0 },
        window: { rankedEvents: 0, ratedEvents: 0 },
      }),
    );
    await until("somebody learns", () => !$("learning").hidden);
    assert.match($("measured").textContent, /No event was measured yet/);
    assert.equal($("figuresTable").hidden, true);
    await leave();
  });

  it("stands in a table and in curves beside popularity", async () => {
    const { $, server, until, leave } = await visitDashboard();
    server.model.measured(learnerFigures());
    await until("two figures", () => $("figures").children.length === 2);
    const [recall] = $("figures").all("tr").map((row) => [...row.all("th"), ...row.all("td")]);
    assert.deepEqual(recall.map((cell) => cell.textContent), [
      "recall@10 beside popularity",
      ...["0.1500", "0.1000", "0.1200", "0.1000", "50 % better"],
    ]);
    await until("curves", () => $("curves").all("path").length === 4);
    assert.match(
      $("curves").all("svg")[0].getAttribute("aria-label")!,
      /^recall@10: live 0\.1500, popularity 0\.1000/,
    );
    await leave();
  });

  it("hides the curve of a figure whose window is empty", async () => {
    const { $, server, until, leave } = await visitDashboard();
    server.model.measured(learnerFigures({ window: { rankedEvents: 0, ratedEvents: 0 } }));
    await until("two figures", () => $("figures").children.length === 2);
    assert.deepEqual($("curves").all("figure").map((figure) => figure.hidden), [true, true]);
    await leave();
  });

  it("tells each drift, in the list and as a line in the curves from when it was seen", async () => {
    const { $, server, until, leave } = await visitDashboard();
    const first = { detector: "adwin", figure: "recallAt10", offset: 40 } as const;
    server.model.measured(learnerFigures({ driftCount: 1, drifts: [first] }));
    await until("the first", () => $("drifts").children.length === 1);
    const linesOf = (kind: string) =>
      $("curves").all("path").filter((path) => path.getAttribute("class") === kind);
    assert.deepEqual(linesOf("drift"), []);
    server.model.measured(learnerFigures({ driftCount: 2, drifts: [first, { ...first, offset: 90 }] }));
    await until("a line", () => linesOf("drift").length === 2);
    assert.deepEqual($("drifts").all("li").map((line) => line.textContent), [
      "adwin saw hits among the first ten change at event 90",
      "adwin saw hits among the first ten change at event 40",
    ]);
    server.model.measured(learnerFigures({ generation: "g2" }));
    await until("a line of the generation", () => linesOf("generation").length === 2);
    assert.match($("driftCount").textContent, /^No detector has seen/);
    await leave();
  });

  it("moves a curve one second in ten for who wants less motion", async () => {
    const { $, server, until, leave } = await visitDashboard({ isCalm: true });
    server.model.measured(learnerFigures());
    await until("the first drawing", () => $("curves").all("path").length === 4);
    const drawn = $("curves").all("path")[0];
    for (let state = 1; state < 4; state++) {
      const figures = $("figures").children[0];
      await until("the next state", () => $("figures").children[0] !== figures);
    }
    assert.equal($("curves").all("path")[0], drawn);
    await until("the next drawing", () => $("curves").all("path")[0] !== drawn);
    await leave();
  });
});
