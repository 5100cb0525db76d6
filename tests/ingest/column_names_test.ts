import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { placeByName, placeOf, ROLES } from "../../src/ingest/column_names.ts";

describe("placeByName", () => {
  it("finds the columns of well-known data sets", () => {
    const placesIn = (header: string) => ROLES.map((role) => placeByName(role, header.split(",")));
    assert.deepEqual(placesIn("userId,movieId,rating,timestamp"), [0, 1, 2, 3]);
    assert.deepEqual(placesIn("timestamp,visitorid,event,itemid,transactionid"), [1, 3, -1, 0]);
    assert.deepEqual(placesIn("User-ID,ISBN,Book-Rating"), [0, 1, -1, -1]);
    assert.deepEqual(placesIn("reviewerID,asin,overall,unixReviewTime"), [0, 1, 2, 3]);
    assert.deepEqual(placesIn("user_id,artist_id,track_id,plays"), [0, 2, 3, -1]);
    assert.deepEqual(placesIn("a,b,c"), [-1, -1, -1, -1]);
  });
});

describe("placeOf", () => {
  it("prefers the exact name, then any case", () => {
    assert.equal(placeOf("Item", ["item", "Item"]), 1);
    assert.equal(placeOf(" ITEM ", ["x", "item"]), 1);
    assert.equal(placeOf("it", ["item"]), -1);
  });
});
