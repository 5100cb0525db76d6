/** DESIGN.md 5, "Allowed imports", as data: for each room, the rooms and the outside packages it may import. */
export interface Allowance {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

/** A room is a folder of src, or a file directly in it. Every room may import its own files. */
export const ALLOWED: Readonly<Record<string, Allowance>> = {
  domain: { rooms: [], packages: [] },
  ports: { rooms: ["domain"], packages: [] },
  kernels: { rooms: ["domain"], packages: [] },
  recommend: { rooms: ["domain", "kernels"], packages: [] },
  evaluate: { rooms: ["domain", "recommend"], packages: [] },
  synthesize: { rooms: ["domain"], packages: [] },
  online: { rooms: ["domain", "ports", "kernels", "evaluate"], packages: [] },
  ingest: { rooms: ["domain", "ports"], packages: ["zod", "csv-parse"] },
  batch: { rooms: ["domain", "ports", "kernels", "recommend", "evaluate"], packages: [] },
  stream: { rooms: ["domain", "ports", "kernels", "recommend", "evaluate"], packages: [] },
  serve: {
    rooms: ["domain", "ports", "recommend", "ingest", "online", "evaluate"],
    packages: ["hono", "zod", "@hono/zod-openapi"],
  },
  bridge: { rooms: ["domain", "ports", "recommend", "ingest"], packages: [] },
  "adapters/deno": { rooms: ["domain", "ports"], packages: ["node:", "prom-client", "@logtape/logtape"] },
  "adapters/memory": { rooms: ["domain", "ports"], packages: [] },
  "adapters/embedded": { rooms: ["domain", "ports"], packages: ["node:"] },
  "adapters/mongodb": { rooms: ["domain", "ports"], packages: ["mongodb", "node:"] },
  "adapters/kafka": { rooms: ["domain", "ports"], packages: ["kafkajs", "node:"] },
  "config.ts": { rooms: ["domain"], packages: [] },
  "edge.ts": {
    rooms: ["domain", "ports", "kernels", "recommend", "serve", "adapters/memory", "config.ts"],
    packages: [],
  },
  "main.ts": { rooms: ["commands", "domain", "adapters/deno"], packages: ["commander"] },
  commands: {
    rooms: ["*"],
    packages: [
      "commander",
      "cli-table3",
      "cli-progress",
      "@logtape/logtape",
      "hyparquet-writer",
      "uplot",
      "node:",
      "@hono/zod-openapi",
    ],
  },
};

/** Rooms that run on any web-standard runtime: no `Deno`, no `node:`. */
export const EDGE_SAFE = [
  "domain",
  "ports",
  "kernels",
  "recommend",
  "evaluate",
  "synthesize",
  "online",
  "ingest",
  "batch",
  "stream",
  "serve",
  "bridge",
  "adapters/memory",
  "config.ts",
  "edge.ts",
];
