/** What goes wrong between this program and a server, and what is said of it. Needs no server but those that it starts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MongoClient } from "mongodb";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { Connection } from "../../../src/adapters/mongodb/connection.ts";
import { openMongoStore } from "../../../src/adapters/mongodb/open.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import {
  type MongoDbService,
  startMongoDb,
  whyNoMongoDb,
  withMongoDb,
} from "../../services/mongodb_service.ts";
import { startOldServer } from "../../services/old_server.ts";
import { skip } from "./fresh_store.ts";

const QUICK = { selectionMs: 300, retryMs: 300 };

function assertOutside(error: Error, ...patterns: RegExp[]): true {
  assert.ok(error instanceof OutsideFailure, String(error));
  for (const pattern of patterns) assert.match(error.message, pattern);
  assert.ok(!error.message.includes("river-mouth") && !error.message.includes("wrong-secret"), error.message);
  return true;
}

describe("opening a MongoDB server", () => {
  it("refuses a URL that is none, says what is accepted, and shows no password", async () => {
    const urls = ["mongodb://", "mongodb://host", "mongodb://u:wrong-secret@host/?tls=true", "mongodb:///db"]
      .concat(["mongodb://u:wrong-secret@host/db?unknown=1", "mongodb://u:wrong-secret@host:99999/db"])
      .concat(["mongodb://u:wrong-secret@more@host:x/db", "mongodb+srv://u:wrong-secret@host:1/db"]);
    for (const url of urls) {
      await assert.rejects(Connection.open(url, QUICK), (error: Error) => {
        assert.ok(error instanceof BadInput, `${url}: ${error}`);
        assert.match(error.message, /accepted is mongodb:\/\//);
        assert.ok(!error.message.includes("wrong-secret"), error.message);
        return true;
      });
    }
  });

  it("says where nothing answers, and what to do", async () => {
    await assert.rejects(
      Connection.open("mongodb://u:wrong-secret@127.0.0.1:1/foz", QUICK),
      (error: Error) => assertOutside(error, /mongodb:\/\/127\.0\.0\.1:1\/foz/, /start the server/),
    );
    await assert.rejects(
      Connection.open("mongodb://no-such-host.invalid/foz", QUICK),
      (error: Error) => assertOutside(error, /no-such-host\.invalid/, /FOZ_STORE/),
    );
  });

  for (const [version, wireVersion] of [["3.4.0", 5], ["4.2.24", 9]] as const) {
    it(`refuses MongoDB ${version}: it is too old`, async () => {
      const server = startOldServer({ version, wireVersion });
      await assert.rejects(
        Connection.open(`mongodb://127.0.0.1:${server.port}/foz?directConnection=true`, QUICK),
        (error: Error) => assertOutside(error, /upgrade the server/, /4\.4/),
      );
      await server.close();
    });
  }
});

describe("a MongoDB server", { skip }, () => {
  let server: MongoDbService | undefined, reason: string | undefined = "";
  beforeAll(async () => {
    if (skip !== false) return;
    reason = await whyNoMongoDb();
    if (reason === undefined) server = await startMongoDb({ withUser: true });
  });
  afterAll(() => server?.stop());

  it("that wants a password is told one, and refuses another", async (t) => {
    if (server === undefined) return t.skip(reason);
    const store = await openMongoStore(`${server.url}/foz?authSource=admin`, systemClock, QUICK);
    assert.equal(await store.eventLog.end(), 0);
    await store.close();
    const wrong = server.plainUrl.replace("//", "//foz:wrong-secret@");
    await assert.rejects(
      openMongoStore(`${wrong}/foz?authSource=admin`, systemClock, QUICK),
      (error: Error) => assertOutside(error, /right user and password/),
    );
    await assert.rejects(
      openMongoStore(`${server.plainUrl}/foz`, systemClock, QUICK),
      (error: Error) => assertOutside(error, /readWrite|right user and password/),
    );
  });

  it("may be restarted or killed between two calls, and while one waits", async (t) => {
    if (server === undefined) return t.skip(reason);
    const store = await openMongoStore(`${server.url}/other?authSource=admin`, systemClock, {
      retryMs: 20_000,
    });
    const event = (eventId: string) => ({ eventId, userId: "u", itemId: "i", value: 1, timeMs: 1 });
    const { eventLog } = store;
    await eventLog.append([event("a")]);
    await server.restart();
    assert.equal((await eventLog.append([event("b")]))[0].offset, 1);
    await server.kill();
    const [[{ offset }], end] = await Promise.all([
      eventLog.append([event("c")]),
      eventLog.end(),
      server.restart(),
    ]);
    assert.equal(offset, 2);
    assert.ok(end >= 2);
    assert.deepEqual((await eventLog.eventsOfUser("u", { limit: 9 })).map(({ eventId }) => eventId), [
      "c",
      "b",
      "a",
    ]);
    await store.close();
  });

  it("that stays away is given up after a time, and served again when it is back", async (t) => {
    if (server === undefined) return t.skip(reason);
    const store = await openMongoStore(`${server.url}/third?authSource=admin`, systemClock, QUICK);
    await server.kill();
    await assert.rejects(store.eventLog.end(), (error: Error) => assertOutside(error, /start the server/));
    const stop = new AbortController(), { updates } = store;
    await server.restart();
    await updates.publish({ kind: "generationActivated", generation: "g000001", appliedOffset: 4 });
    for await (const { update } of updates.follow(0, stop.signal)) {
      assert.equal(update.appliedOffset, 4);
      stop.abort();
    }
    await store.close();
  });
});

describe("a server with TLS", { skip }, () => {
  it("is trusted by its certificate, and not without", async (t) => {
    const reason = skip === false ? await whyNoMongoDb() : "";
    if (reason !== undefined) return t.skip(reason);
    await withMongoDb({ withTls: true, isStandalone: true }, async ({ url, certificateFile }) => {
      const ca = `tlsCAFile=${encodeURIComponent(certificateFile)}`;
      const store = await openMongoStore(`${url}/foz?tls=true&${ca}`, systemClock);
      const event = { eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 };
      assert.deepEqual(await store.eventLog.append([event]), [{ status: "created", offset: 0 }]);
      await store.close();
      await assert.rejects(
        Connection.open(`${url}/foz?tls=true`, QUICK),
        (error: Error) => assertOutside(error, /certificate|UnknownIssuer|self.signed/i),
      );
      await assert.rejects(Connection.open(`${url}/foz`, QUICK), OutsideFailure);
    });
  });
});

describe("a standalone server", { skip }, () => {
  it("keeps every promise without change streams and without a majority", async (t) => {
    const reason = skip === false ? await whyNoMongoDb() : "";
    if (reason !== undefined) return t.skip(reason);
    await withMongoDb({ isStandalone: true }, async (server) => {
      const stores = [1, 2].map(() => openMongoStore(`${server.url}/foz`, systemClock));
      const [one, other] = await Promise.all(stores);
      const stop = new AbortController(), seen: number[] = [];
      const following = (async () => {
        for await (const { update } of other.updates.follow(0, stop.signal)) {
          if (seen.push(update.appliedOffset) === 3) stop.abort();
        }
      })();
      for (let k = 0; k < 3; k++) {
        await one.eventLog.append([{ eventId: `e${k}`, userId: `u${k}`, itemId: "i", value: 1, timeMs: 1 }]);
        await one.updates.publish({ kind: "generationActivated", generation: "g000001", appliedOffset: k });
        assert.equal(await other.eventLog.end(), k + 1);
      }
      await following;
      assert.deepEqual(seen, [0, 1, 2]);
      assert.deepEqual(await other.eventLog.userIds(), ["u0", "u1", "u2"]);
      const lease = await one.leases.acquire("learner", "a", 60_000);
      assert.equal(await other.leases.acquire("learner", "b", 60_000), undefined);
      await one.leases.release(lease!);
      const client = new MongoClient(`${server.url}/foz`);
      const { setName } = await client.db("admin").command({ hello: 1 });
      assert.equal(setName, undefined, "it is a standalone server");
      await client.close();
      await Promise.all([one.close(), other.close()]);
    });
  });
});
