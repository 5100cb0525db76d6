/** The OpenAPI 3.1 document of the routes that a server has. */
import type { OpenAPIHono } from "@hono/zod-openapi";

const DESCRIPTION = `Recommendations that learn from a stream of events.

Ids are opaque strings of 1 to 256 characters, percent-encoded in a path. Errors are \`application/problem+json\`
(RFC 9457) with \`type\` \`urn:foz:problem:...\`; \`errors\` names the fields that are wrong. GET never changes anything.

Where the server has keys, a request carries one as \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`. A key may
\`read\`, \`write\` (adds events, reads nothing) or is an \`admin\` key, which may do everything.`;

export function openApiDocument(hono: OpenAPIHono): Record<string, unknown> {
  const document = hono.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Foz", version: "1", description: DESCRIPTION, license: { name: "MIT" } },
    servers: [{ url: "/" }],
    tags: [
      { name: "recommendations", description: "What the model answers." },
      { name: "events", description: "What people do." },
      { name: "generations", description: "Published results of trainings." },
      { name: "jobs", description: "Trainings." },
      {
        name: "models",
        description: "Online models over observations: predict, learn when the target is known.",
      },
      { name: "operation", description: "For those who run the server." },
    ],
  });
  const components = {
    ...document.components,
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer" },
      apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
    },
  };
  return { ...document, components } as unknown as Record<string, unknown>;
}
