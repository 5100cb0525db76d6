import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { visitDashboard } from "../visit_dashboard.ts";

describe("the dashboard's user", () => {
  it("gets a list, does something, and takes it back", async () => {
    const { $, until, leave } = await visitDashboard();
    await until("the list of user 1", () => $("list").children.length > 0);
    assert.match($("origin").textContent, /^user 1, basis: personal/);
    const [first] = $("list").all("tr"), [, name] = first.all("td");
    const item = name.textContent;
    const [, did] = first.all("button");
    assert.equal(did.getAttribute("aria-label"), `the user did ${item}`);
    did.click();
    await until("it is in the history", () => $("history").all("td")[0]?.textContent === item);
    assert.ok($("list").all("tr").every((row) => row.all("td")[1].textContent !== item));
    assert.equal($("noHistory").hidden, true);

    $("history").all("button")[0].click();
    await until("the history is empty", () => $("history").children.length === 0);
    assert.equal($("noHistory").hidden, false);
    assert.ok($("list").all("tr").some((row) => row.all("td")[1].textContent === item));
    assert.equal($("userProblem").textContent, "");
    await leave();
  });

  it("may have any id", async () => {
    const { $, until, leave } = await visitDashboard();
    for (const id of ["a/b c", '😀 "quoted"', "100%"]) {
      $("user").value = id;
      $("ask").submit();
      await until(
        `the list of ${id}`,
        () => $("origin").textContent.startsWith(`user ${id}, basis: personal`),
      );
    }
    $("user").value = "somebody new";
    $("ask").submit();
    await until(
      "what is popular",
      () => /^user somebody new, basis: popular \(nothing is known/.test($("origin").textContent),
    );
    await leave();
  });

  it("sees items similar to one", async () => {
    const { $, until, leave } = await visitDashboard();
    await until("the list", () => $("list").children.length > 0);
    const [row] = $("list").all("tr");
    row.all("button")[0].click();
    await until("similar ones", () => $("similar").children.length > 0);
    assert.equal($("similarTo").textContent, `to ${row.all("td")[1].textContent}`);
    await leave();
  });

  it("reads in words what was wrong", async () => {
    const { $, until, leave } = await visitDashboard();
    $("limit").value = "0";
    $("ask").submit();
    await until("the problem", () => /parameter "limit"/.test($("userProblem").textContent));
    $("limit").value = "5";
    $("ask").submit();
    await until("the list", () => $("list").children.length === 5);
    assert.equal($("userProblem").hidden, true);
    await leave();
  });

  it("is erased once that was confirmed, and then somebody new", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await server.send("POST", "/v1/events", { userId: "42", itemId: "661" });
    $("user").value = "42";
    $("ask").submit();
    await until("the user's list", () => $("origin").textContent.startsWith("user 42, basis: personal"));
    $("erase").click();
    assert.equal($("confirmTitle").textContent, "Erase the user 42?");
    $("confirmNo").click();
    await until("the button rests", () => $("erase").getAttribute("aria-busy") === "false");
    assert.equal($("erased").hidden, true);

    $("erase").click();
    $("confirmYes").click();
    await until("it is said", () => /^Erased: 1 events/.test($("erased").textContent));
    await until("somebody new", () => $("origin").textContent.startsWith("user 42, basis: popular"));
    assert.equal($("history").children.length, 0);

    $("erase").click();
    $("confirmYes").click();
    await until(
      "nobody is left",
      () => /nothing is known of the user "42"/.test($("userProblem").textContent),
    );
    assert.equal($("erased").hidden, true);
    await leave();
  });
});
