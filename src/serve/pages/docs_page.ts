/** The page at `/docs`: the OpenAPI document, made readable, without anything from elsewhere. */
import { pageStyle } from "./page_style.ts";

const SCRIPT = `
const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};
let specification;
const resolve = (schema) =>
  schema?.$ref ? specification.components.schemas[schema.$ref.split("/").pop()] : schema ?? {};
function kind(schema) {
  if (schema?.$ref) return schema.$ref.split("/").pop();
  if (schema?.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema?.anyOf || schema?.oneOf) return (schema.anyOf ?? schema.oneOf).map(kind).join(" | ");
  if (schema?.type === "array") return "list of " + kind(schema.items);
  const bounds = [schema?.minimum ?? schema?.minLength, schema?.maximum ?? schema?.maxLength];
  const range = bounds.some((bound) => bound !== undefined) ? " (" + bounds.map((b) => b ?? "").join(" to ") + ")" : "";
  return [].concat(schema?.type ?? "anything").join(" | ") + range;
}
function table(heads, rows) {
  const made = element("table");
  const head = made.createTHead().insertRow();
  for (const text of heads) head.append(element("th", text));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const text of row) line.insertCell().textContent = text;
  }
  return made;
}
const json = (value) => element("pre", JSON.stringify(value, null, 2));
function curl(method, path, operation) {
  let target = path;
  const query = [];
  for (const one of operation.parameters ?? []) {
    const example = one.example ?? one.schema?.example;
    if (one.in === "path") target = target.replace("{" + one.name + "}", encodeURIComponent(example ?? one.name));
    else if (one.required) query.push(one.name + "=" + encodeURIComponent(example ?? ""));
  }
  const body = Object.values(operation.requestBody?.content?.["application/json"]?.examples ?? {})[0]?.value;
  return "curl" + (method === "get" ? "" : " -X " + method.toUpperCase()) +
    " '" + location.origin + target + (query.length ? "?" + query.join("&") : "") + "'" +
    (body ? " \\\\\\n  -H 'content-type: application/json' -d '" + JSON.stringify(body).replaceAll("'", "'\\\\''") + "'" : "");
}
function operationBlock(method, path, operation) {
  const block = element("details");
  block.id = operation.operationId;
  const summary = element("summary");
  summary.append(element("span", method, "method"), element("code", path), " ", element("span", operation.summary, "note"));
  const inside = element("div");
  if (operation.description) inside.append(element("p", operation.description));
  if (operation["x-foz-scope"]) inside.append(element("p", "Scope of the key, where keys are used: " + operation["x-foz-scope"], "note"));
  if (operation.parameters?.length) {
    inside.append(element("h3", "Parameters"), table(["name", "in", "what", ""], operation.parameters.map((one) =>
      [one.name + (one.required ? "" : "?"), one.in, kind(one.schema), one.description ?? one.schema?.description ?? ""])));
  }
  inside.append(element("h3", "Try it"), element("pre", curl(method, path, operation)));
  inside.append(element("h3", "Answers"));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const content = Object.values(answer.content ?? {})[0];
    inside.append(element("p", status + " " + answer.description + (content?.schema ? ": " + kind(content.schema) : "")));
    if (content?.example) inside.append(json(content.example));
  }
  block.append(summary, inside);
  return block;
}
function schemaBlock(name, schema) {
  const block = element("details");
  block.append(element("summary", name));
  const inside = element("div");
  if (schema.description) inside.append(element("p", schema.description));
  const required = new Set(schema.required ?? []);
  inside.append(table(["member", "what", ""], Object.entries(schema.properties ?? {}).map(([member, one]) =>
    [member + (required.has(member) ? "" : "?"), kind(one), one.description ?? resolve(one).description ?? ""])));
  block.append(inside);
  return block;
}
async function run() {
  specification = await (await fetch("/openapi.json")).json();
  const main = document.querySelector("main");
  for (const part of specification.info.description.split("\\n\\n")) main.append(element("p", part.replaceAll("\\u0060", "")));
  for (const tag of specification.tags) {
    const operations = Object.entries(specification.paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, operation]) => operation.tags?.includes(tag.name)).map((entry) => [path, ...entry]));
    if (operations.length === 0) continue;
    main.append(element("h2", tag.name), element("p", tag.description, "note"));
    for (const [path, method, operation] of operations) main.append(operationBlock(method, path, operation));
  }
  main.append(element("h2", "Shapes"));
  for (const [name, schema] of Object.entries(specification.components.schemas)) main.append(schemaBlock(name, schema));
}
run().catch((error) => document.querySelector("main").append(element("p", error.message, "warning")));`;

export const docsPage =
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Foz: the interface</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>${pageStyle}</style></head><body><header><h1>Foz</h1><nav><a href="/">dashboard</a> <a href="/openapi.json">openapi.json</a></nav></header>
<main></main><script>"use strict";${SCRIPT}</script></body></html>`;
