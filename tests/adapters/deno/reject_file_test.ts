import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RejectFile } from "../../../src/adapters/deno/reject_file.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("RejectFile", () => {
  it("keeps rows byte for byte under their header, and the reasons beside them", async () => {
    const file = new RejectFile(`${folder}/rows`);
    file.header = bytesOf("user,item\r\n");
    file.write({
      line: 3,
      reason: "badUtf8",
      field: "userId",
      bytes: Uint8Array.of(0xff, 0x0d, 0x0a),
      isMore: false,
    });
    const long = new Uint8Array(200_000).fill(0x61);
    file.write({ line: 9, reason: "lineTooLong", bytes: long, isMore: false });
    file.write({ line: 9, reason: "lineTooLong", bytes: bytesOf("end\n"), isMore: true });
    file.close();
    file.close();
    assert.equal(file.count, 2);
    const rows = await Deno.readFile(`${folder}/rows`);
    const expected = [...bytesOf("user,item\r\n"), 0xff, 0x0d, 0x0a, ...long, ...bytesOf("end\n")];
    assert.deepEqual(rows, Uint8Array.from(expected));
    const reasons = await Deno.readTextFile(`${folder}/rows.reasons.tsv`);
    assert.equal(reasons, "line\treason\tfield\n3\tbadUtf8\tuserId\n9\tlineTooLong\t\n");
  });

  it("makes nothing without rows", async () => {
    const file = new RejectFile(`${folder}/none`);
    file.header = bytesOf("user,item\n");
    file.close();
    await assert.rejects(Deno.stat(`${folder}/none`), Deno.errors.NotFound);
  });

  it("says where it could not write", () => {
    const file = new RejectFile(`${folder}/no/such/folder`);
    assert.throws(
      () => file.write({ line: 1, reason: "emptyId", bytes: bytesOf("x\n"), isMore: false }),
      (error) => {
        assert.ok(error instanceof OutsideFailure);
        assert.match(error.message, /no\/such\/folder/);
        return true;
      },
    );
    file.close();
  });
});
