/**
 * Stands where `jsr:@std/testing/bdd` would stand: the registry of `@std` is not reachable from every network,
 * npm is. Both run under `deno test`, so moving to JSR is one line in `deno.json`.
 */
export { after as afterAll, afterEach, before as beforeAll, beforeEach, describe, it } from "node:test";
