/**
 * As much of a browser as the dashboard's script uses, so that the script runs as it is against a server of this process.
 * What it looks like is not seen here.
 */
import { scriptOf } from "./page.ts";

type Child = StandInElement | string;
type Listener = () => void;

export class StandInElement {
  readonly tag: string;
  readonly attributes = new Map<string, string>();
  readonly classes = new Set<string>();
  readonly classList = {
    add: (name: string) => void this.classes.add(name),
    remove: (name: string) => void this.classes.delete(name),
  };
  readonly namespaceURI = "an:svg";
  children: Child[] = [];
  parent: StandInElement | undefined;
  hidden = false;
  value: string | number = "";
  checked = false;
  className = "";
  open = false;
  returnValue = "";
  onclick?: (event: { preventDefault(): void }) => void;
  onsubmit?: (event: { preventDefault(): void }) => void;
  onclose?: Listener;

  constructor(tag: string) {
    this.tag = tag;
  }

  get textContent(): string {
    return this.children.map((child) => typeof child === "string" ? child : child.textContent).join("");
  }

  set textContent(text: string) {
    this.children = [String(text)];
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  append(...children: Child[]): void {
    for (const child of children) if (typeof child !== "string") child.parent = this;
    this.children.push(...children);
  }

  replaceChildren(...children: Child[]): void {
    this.children = [];
    this.append(...children);
  }

  remove(): void {
    if (this.parent !== undefined) {
      this.parent.children = this.parent.children.filter((child) => child !== this);
    }
  }

  /** All below that have this tag, in their order. */
  all(tag: string): StandInElement[] {
    return this.children.flatMap((child) =>
      typeof child === "string" ? [] : [...(child.tag === tag ? [child] : []), ...child.all(tag)]
    );
  }

  click(): void {
    this.onclick!({ preventDefault() {} });
  }

  submit(): void {
    this.onsubmit!({ preventDefault() {} });
  }

  showModal(): void {
    this.open = true;
  }

  close(returnValue: string): void {
    this.open = false;
    this.returnValue = returnValue;
    this.onclose?.();
  }
}

function elementsOf(page: string): Map<string, StandInElement> {
  const elements = new Map<string, StandInElement>();
  for (const [, tag, attributes, id] of page.matchAll(/<(\w+)([^>]*?\bid="(\w+)"[^>]*)>/g)) {
    const made = new StandInElement(tag);
    made.hidden = /\shidden\b/.test(attributes);
    made.checked = /\schecked\b/.test(attributes);
    made.value = /\svalue="([^"]*)"/.exec(attributes)?.[1] ?? "";
    elements.set(id, made);
  }
  return elements;
}

export interface Visit {
  readonly body: StandInElement;
  /** The element of that id. */
  $(id: string): StandInElement;
  /** Waits until the page is as it should be; fails with what is awaited after a long while. */
  until(what: string, isSo: () => boolean): Promise<void>;
  setHidden(hidden: boolean): void;
  leave(): Promise<void>;
}

export interface VisitOptions {
  readonly page: string;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The reader wants less motion. */
  readonly isCalm?: boolean;
}

/** Where time is waited for, so little passes. */
const STEP_MS = 2;
const MOST_STEPS = 5000;

/** Opens the page: its script runs until `leave`. */
export function visit({ page, fetch, isCalm = false }: VisitOptions): Visit {
  const elements = elementsOf(page),
    listeners: Listener[] = [],
    timers = new Set<ReturnType<typeof setTimeout>>();
  const open = new Set<Promise<unknown>>();
  let isLeft = false;
  const $ = (id: string) => {
    const found = elements.get(id);
    if (found === undefined) throw new Error(`the page has no element "${id}"`);
    return found;
  };
  const document = {
    hidden: false,
    body: new StandInElement("body"),
    getElementById: $,
    createElement: (tag: string) => new StandInElement(tag),
    createElementNS: (_: string, tag: string) => new StandInElement(tag),
    addEventListener: (_: string, listener: Listener) => listeners.push(listener),
  };
  const setHidden = (hidden: boolean) => {
    document.hidden = hidden;
    for (const listener of listeners) listener();
  };
  const setTimer = (run: Listener) => {
    if (isLeft) return;
    const timer = setTimeout(() => (timers.delete(timer), run()), STEP_MS);
    timers.add(timer);
    return timer;
  };
  const ask = (path: string, options: RequestInit) => {
    const answered = (async () => {
      if (isLeft) throw new DOMException("left", "AbortError");
      const response = await fetch(new Request(`http://localhost${path}`, { ...options, signal: undefined }));
      if (!options.signal || response.body === null) return response;
      // A connection ends with its signal.
      const body = response.body.pipeThrough(new TransformStream(), { signal: options.signal });
      return new Response(body, response);
    })();
    open.add(answered);
    answered.catch(() => {}).finally(() => open.delete(answered));
    return answered;
  };
  const until = async (what: string, isSo: () => boolean) => {
    for (let step = 0; !isSo(); step++) {
      if (step > MOST_STEPS) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  };
  const globals = {
    document,
    fetch: ask,
    setTimeout: setTimer,
    clearTimeout: (timer: ReturnType<typeof setTimeout>) => (timers.delete(timer), clearTimeout(timer)),
    location: { host: "localhost", origin: "http://localhost" },
    matchMedia: () => ({ matches: isCalm }),
  };
  new Function(...Object.keys(globals), `"use strict";${scriptOf(page)}`)(...Object.values(globals));
  const leave = async () => {
    setHidden(true);
    isLeft = true;
    timers.forEach((timer) => clearTimeout(timer));
    setHidden(true);
    while (open.size > 0) await Promise.allSettled([...open]);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  };
  return { body: document.body, $, until, setHidden, leave };
}
