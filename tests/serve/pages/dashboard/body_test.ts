import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { DASHBOARD_BODY } from "../../../../src/serve/pages/dashboard/body.ts";

const ids = [...DASHBOARD_BODY.matchAll(/\bid="(\w+)"/g)].map((match) => match[1]);
const tags = (name: string) =>
  [...DASHBOARD_BODY.matchAll(new RegExp(`<${name}\\b[^>]*>`, "g"))].map(([tag]) => tag);

describe("what stands on the dashboard", () => {
  it("has each id once", () => {
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
  });

  it("refers to what is there", () => {
    const named = [...DASHBOARD_BODY.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)]
      .flatMap((match) => match[1].split(" "));
    assert.ok(named.length > 5);
    assert.deepEqual(named.filter((id) => !ids.includes(id)), []);
  });

  it("has a label around each field, and a name for each part and each curve", () => {
    const labelled = [...DASHBOARD_BODY.matchAll(/<label[^>]*>.*?<\/label>/gs)].join("");
    assert.ok(tags("input").length > 3);
    for (const field of tags("input")) assert.ok(labelled.includes(field), field);
    for (const part of ["section", "dialog", "nav", "progress"].flatMap(tags)) {
      assert.match(part, / aria-label(ledby)?=/);
    }
    for (const curve of tags("svg")) assert.match(curve, / role="img"/);
  });

  it("sends no form by itself but those whose sending the script takes over", () => {
    const forms = tags("form").map((form) => /id="(\w+)"/.exec(form)?.[1]);
    assert.deepEqual(forms, ["keyForm", "ask", "train"]);
    // A button without a type sends its form.
    const senders = tags("button").filter((button) => !button.includes('type="button"'));
    assert.equal(senders.length, forms.length);
  });

  it("closes what it opens", () => {
    const open: string[] = [];
    for (const [, end, tag] of DASHBOARD_BODY.matchAll(/<(\/?)(\w+)[^>]*>/g)) {
      if (tag === "input") continue;
      if (end === "") open.push(tag);
      else assert.equal(open.pop(), tag);
    }
    assert.deepEqual(open, []);
  });
});
