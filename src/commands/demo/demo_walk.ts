/** What the demo does and shows over HTTP. */
import { OutsideFailure } from "../../domain/failure.ts";
import { favouriteTastes } from "../../synthesize/titles.ts";
import { indexOfId } from "../../synthesize/planted_world.ts";
import type { DemoWorld } from "./demo_world.ts";

interface ListedItem {
  readonly itemId: string;
  readonly score: number;
  readonly rank: number;
  readonly title?: string;
}

interface ListAnswer {
  readonly basis: string;
  readonly items: readonly ListedItem[];
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) {
    throw new OutsideFailure(`${init?.method ?? "GET"} ${url} was answered with ${response.status}: ${text}`);
  }
  return JSON.parse(text) as T;
}

function lines({ items }: ListAnswer): string {
  return items.map(({ rank, itemId, score, title }) =>
    `      ${rank}. ${(title ?? itemId).padEnd(46)} ${score.toFixed(2)}`
  ).join("\n");
}

/** A known user, an unknown one, similar items, and an event that changes the next answer. Gives what it saw. */
export async function walk(url: string, world: DemoWorld): Promise<string> {
  const { userId } = world.later[0];
  const likes = favouriteTastes(world.planted.truth, indexOfId(userId), 2).join(" and ");
  const listUrl = `${url}/v1/users/${userId}/recommendations?limit=5`;
  const first = await ask<ListAnswer>(listUrl);
  const stranger = await ask<ListAnswer>(`${url}/v1/users/nobody/recommendations?limit=3`);
  const best = first.items[0];
  const similar = await ask<ListAnswer>(`${url}/v1/items/${best.itemId}/similar?limit=3`);
  const event = { userId, itemId: best.itemId, value: 5 };
  const { token } = await ask<{ token: string }>(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  const second = await ask<ListAnswer>(`${listUrl}&after=${encodeURIComponent(token)}`);
  if (second.items.some((item) => item.itemId === best.itemId)) {
    throw new OutsideFailure(`${userId} rated ${best.itemId}, and it is still in the list of ${listUrl}`);
  }
  return [
    `   ${userId}, whose planted tastes are ${likes}, is recommended (${first.basis}):`,
    lines(first),
    `   somebody unknown is recommended (${stranger.basis}):`,
    lines(stranger),
    `   similar to ${best.title ?? best.itemId}:`,
    lines(similar),
    `   ${userId} rates ${best.title ?? best.itemId}; it is durable, and gone from the next list:`,
    lines(second),
  ].join("\n");
}

/** What to try while the demo is up, ready to be copied. */
export function nextSteps(url: string, store: string, world: DemoWorld): string {
  const { userId, itemId } = world.later[0];
  const foz = "npx -y deno@2.9.6 task foz";
  return `
Foz listens on ${url} (no keys: loopback only), and ${world.later.length} more ratings stream in. Try:

  ${url}/        the dashboard; ${url}/docs the interface
  curl '${url}/v1/users/${userId}/recommendations?limit=5'
  curl '${url}/v1/items/${itemId}/similar?limit=5'
  curl '${url}/v1/users/${userId}/events?limit=3'
  curl ${url}/v1/events -H 'content-type: application/json' -d '{"userId":"${userId}","itemId":"${itemId}","value":4.5}'
  curl -X POST ${url}/v1/jobs/train -H 'content-type: application/json' -d '{}'

In another terminal, in this folder:

  ${foz} recommend ${userId} --store ${store}
  ${foz} train --store ${store} --factors 16
  ${foz} generations --store ${store}

Ctrl-C stops.`;
}
