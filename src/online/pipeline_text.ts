/**
 * Pipelines as text, as River writes them: `scale | linear(learning-rate=0.01, optimizer=adam)`. A step is a name, and in
 * brackets `name=value` or plain values, separated by commas; a value with `, ( ) | =` or blanks stands in double quotes.
 */
import { BadInput } from "../domain/failure.ts";

export interface StepText {
  readonly name: string;
  /** `name=value`, in order. */
  readonly named: ReadonlyMap<string, string>;
  readonly plain: readonly string[];
}

const TOKEN = /\s*(?:([|(),=])|"((?:[^"\\]|\\.)*)"|([^\s|(),="]+))/y;

interface Token {
  readonly kind: "sign" | "word" | "end";
  readonly text: string;
  readonly at: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw unreadable(text, at, "a quote that is closed");
    const [, sign, quoted, word] = match;
    if (sign !== undefined) tokens.push({ kind: "sign", text: sign, at });
    else {
      tokens.push({ kind: "word", text: word ?? quoted.replaceAll(/\\(.)/g, "$1"), at });
    }
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

function unreadable(text: string, at: number, accepted: string): BadInput {
  const here = text.slice(at).trim().slice(0, 20);
  return new BadInput(
    `reading the model '${text}' at ${here === "" ? "its end" : `'${here}'`}: accepted is ${accepted}, ` +
      `as in 'scale | linear(learning-rate=0.01)'`,
  );
}

/** A text that is one step with `name=value` alone; undefined if it is anything else. */
export function parseStep(text: string): StepText | undefined {
  try {
    const steps = parsePipeline(text);
    return steps.length === 1 && steps[0].plain.length === 0 ? steps[0] : undefined;
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}

/** The steps of a pipeline. Throws BadInput that shows where the text could not be read. */
export function parsePipeline(text: string): StepText[] {
  const tokens = tokensOf(text);
  const steps: StepText[] = [];
  let position = 0;
  const peek = () => tokens[position];
  const isSign = (sign: string) => peek().kind === "sign" && peek().text === sign;
  const word = (accepted: string) => {
    if (peek().kind !== "word") throw unreadable(text, peek().at, accepted);
    return tokens[position++].text;
  };
  const skip = (sign: string) => isSign(sign) && position++ >= 0;

  const readStep = (): StepText => {
    const name = word("the name of a step");
    const named = new Map<string, string>(), plain: string[] = [];
    if (skip("(")) {
      while (!skip(")")) {
        const first = word("a parameter or ')'");
        if (!skip("=")) plain.push(first);
        else if (named.has(first)) throw unreadable(text, peek().at, `"${first}" once`);
        else named.set(first, word(`a value for "${first}"`));
        if (!isSign(")") && !skip(",")) throw unreadable(text, peek().at, "',' or ')'");
      }
    }
    return { name, named, plain };
  };

  do steps.push(readStep()); while (skip("|"));
  if (peek().kind !== "end") throw unreadable(text, peek().at, "'|' and another step");
  return steps;
}
