/** Every port of the store in MongoDB, under the suites that memory and SQLite pass. */
import { describe, it } from "@std/testing/bdd";
import type { EventLog } from "../../../src/ports/event_log.ts";
import { describeCheckpointStore } from "../../contracts/checkpoint_store.ts";
import { describeEventLog } from "../../contracts/event_log.ts";
import { describeGenerationStore } from "../../contracts/generation_store.ts";
import { describeItemCatalog } from "../../contracts/item_catalog.ts";
import { describeLeases } from "../../contracts/lease.ts";
import { describeRecommendationStore } from "../../contracts/recommendation_store.ts";
import { describeUpdateFeed } from "../../contracts/update_feed.ts";
import { openFresh, openPort, skip } from "./fresh_store.ts";

if (skip !== false) {
  for (
    const suite of ["event log", "leases", "generation store", "checkpoint store", "recommendation store"]
      .concat(["update feed", "item catalog"])
  ) describe(`${suite}: mongodb`, () => it("keeps the contract", { skip }, () => {}));
} else {
  describeEventLog("mongodb", async () => {
    const { store: { eventLog }, close } = await openFresh();
    // The suite closes the log alone; the rest has to go too.
    return new Proxy<EventLog>(eventLog, {
      get(_, name) {
        if (name === "close") return close;
        const value = eventLog[name as keyof EventLog];
        return typeof value === "function" ? value.bind(eventLog) : value;
      },
    });
  });
  describeLeases("mongodb", (clock) => openPort((store) => store, clock));
  describeGenerationStore("mongodb", () => openPort(({ generations }) => generations));
  describeCheckpointStore("mongodb", () => openPort(({ checkpoints }) => checkpoints));
  describeRecommendationStore("mongodb", () => openPort(({ recommendations }) => recommendations));
  describeUpdateFeed("mongodb", () => openPort(({ updates }) => updates));
  describeItemCatalog("mongodb", () => openPort(({ catalog }) => catalog));
}
