import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openTopics } from "../../src/commands/open_topics.ts";
import { BadInput } from "../../src/domain/failure.ts";

describe("openTopics", () => {
  it("opens a file that several open at once, and topics of this process", async () => {
    const folder = await Deno.makeTempDir();
    const url = `sqlite:${folder}/deep/topics.db`;
    const first = await openTopics(url),
      second = await openTopics(`${url}?retention-hours=1&retention-messages=10`);
    await first.create("t", 3);
    assert.equal((await second.places("t"))?.length, 3);
    const memory = await openTopics("memory:");
    assert.equal(await memory.places("t"), undefined);
    for (const topics of [first, second, memory]) await topics.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("says what it accepts, and no password", async () => {
    const wrong: [string, RegExp][] = [
      ["", /--kafka or FOZ_KAFKA says where/],
      ["redis://user:secret@host", /"redis:\/\/\.\.\.@host": accepted are kafka:/],
      ["sqlite:x.db?retention-hours=soon", /retention-hours was given "soon"; a number above 0/],
      ["sqlite:x.db?keep=1", /there is no "keep"; accepted are/],
    ];
    for (const [url, message] of wrong) {
      await assert.rejects(openTopics(url), (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return !error.message.includes("secret");
      });
    }
  });
});
