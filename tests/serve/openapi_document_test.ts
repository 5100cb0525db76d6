/** Every example of the document is executed, and its answer read with the schema that the document gives for it. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { z } from "zod";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { plantedServer } from "./planted_server.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: { readonly example?: string | number };
}

interface Content {
  readonly schema: Record<string, unknown>;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

/** The time of the document's examples: job ids are made from it. */
const EXAMPLE_MS = Date.UTC(2026, 2, 1, 12);

const exampleServer = () => plantedServer({ clock: { ...systemClock, nowMs: () => EXAMPLE_MS } });

const document: Document = await (async () => {
  const server = await plantedServer();
  const document = await (await server.get("/openapi.json")).json();
  await server.stop();
  return document;
})();

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
);

/** A schema of the document with what it refers to, for zod. */
function schemaOf(schema: Record<string, unknown>): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")));
}

function targetOf(path: string, operation: Operation): string {
  const query: string[] = [];
  for (const { name, in: where, required, schema } of operation.parameters ?? []) {
    const { example } = schema;
    if (example === undefined) {
      assert.ok(!required, `${operation.operationId}: ${name} is required and has no example`);
    } else if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(example));
    else query.push(`${name}=${encodeURIComponent(example)}`);
  }
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

/** The bodies to send: one for each example; none where there is no body. */
function bodiesOf(operation: Operation): [string, unknown][] {
  const examples = operation.requestBody?.content["application/json"].examples;
  if (operation.requestBody !== undefined) {
    assert.ok(Object.keys(examples ?? {}).length > 0, operation.operationId);
  }
  return examples === undefined
    ? [["request", undefined]]
    : Object.entries(examples).map(([name, { value }]) => [name, value]);
}

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 with an id and a tag for each operation", () => {
    assert.match(document.openapi, /^3\.1\./);
    assert.equal(operations.length, 28);
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, 28);
  });

  it("leaves out what is not there", async () => {
    const server = await plantedServer({ app: { models: undefined } });
    const { paths } = await (await server.get("/openapi.json")).json();
    await server.stop();
    assert.ok(!Object.keys(paths).some((path) => /models/.test(path)));
    assert.ok(Object.keys(document.paths).some((path) => /models/.test(path)));
  });

  for (const { path, method, operation } of operations) {
    const [status, answer] = Object.entries(operation.responses).findLast(([status]) =>
      status.startsWith("2")
    )!;
    for (const [name, body] of bodiesOf(operation)) {
      it(`${operation.operationId}: the example "${name}" is answered with ${status} in the shape of its schema`, async () => {
        const server = await exampleServer();
        if (path.includes("{jobId}")) await server.jobs.startTraining({});
        if (path.includes("/models/") && method !== "put") {
          await server.send("PUT", "/v1/models/trip-duration", { model: "scale | linear" });
          await server.send("POST", "/v1/models/trip-duration/predict", {
            id: "trip-16",
            features: { distance: 3 },
          });
        }
        if (path.includes("{eventId}")) {
          await server.send("POST", "/v1/events", {
            eventId: "order-9-line-1",
            userId: "42",
            itemId: "1193",
          });
        }
        const response = await server.send(method.toUpperCase(), targetOf(path, operation), body);
        const text = await response.text();
        assert.equal(String(response.status), status, text);
        const [type, content] = Object.entries(answer.content!)[0];
        assert.ok(response.headers.get("content-type")!.startsWith(type));
        if (type === "application/json") {
          const schema = schemaOf(content.schema);
          schema.parse(JSON.parse(text));
          schema.parse(content.example);
          assert.ok(!schema.safeParse({}).success, "a schema that takes anything says nothing");
        }
        await server.stop();
      });
    }
  }

  it("documents for each operation the problems that it answers with", async () => {
    const server = await plantedServer();
    for (const { path, method, operation } of operations) {
      if (operation.requestBody === undefined) continue;
      for (
        const [body, headers] of [["{", {}], ["[]", {}], ["{}", { "content-type": "text/plain" }]] as const
      ) {
        const { status } = await server.send(method.toUpperCase(), targetOf(path, operation), body, headers);
        assert.ok(status >= 400, operation.operationId);
        assert.ok(
          String(status) in operation.responses,
          `${operation.operationId}: ${status} is not documented`,
        );
      }
    }
    await server.stop();
  });
});
