/** What is looked at in a page. */
import assert from "node:assert/strict";

/** The text of the page's one script. */
export function scriptOf(page: string): string {
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  assert.equal(scripts.length, 1);
  return scripts[0][1];
}

/** Fails when the page would load anything from elsewhere. */
export function withoutForeignAddresses(page: string): void {
  assert.doesNotMatch(page, /https?:\/\//);
  assert.doesNotMatch(page, /<(script|img|iframe|link)[^>]*\b(src|href)="(?!data:)/);
}
