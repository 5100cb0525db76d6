import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { pageStyle } from "../../../src/serve/pages/page_style.ts";

type Colours = Record<string, string>;

/** Colours of `:root` in the text, by name. */
function coloursOf(text: string): Colours {
  const root = /:root \{([^}]*)\}/.exec(text)![1];
  return Object.fromEntries(
    [...root.matchAll(/--(\w+): (#[0-9a-f]{6})\b/g)].map(([, name, value]) => [name, value]),
  );
}

/** WCAG 2.2: relative luminance, and the contrast of two colours. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const light = coloursOf(pageStyle);
const after = (media: string) => pageStyle.slice(pageStyle.indexOf(`@media ${media}`));
const themes: Record<string, Colours> = {
  light,
  dark: { ...light, ...coloursOf(after("(prefers-color-scheme: dark)")) },
  print: { ...light, ...coloursOf(after("print")) },
};

describe("the colours of the pages", () => {
  it("measure contrast as it is defined", () => {
    assert.equal(contrast("#000000", "#ffffff"), 21);
    // A published pair just at the limit of AA.
    assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
  });

  for (const [theme, colours] of Object.entries(themes)) {
    it(`can be read: ${theme}`, () => {
      for (const name of ["ink", "quiet", "river", "danger", "other"]) {
        assert.ok(contrast(colours[name], colours.paper) >= 4.5, `${name} on paper`);
      }
      for (const name of ["good", "bad"]) {
        assert.ok(contrast(colours.ink, colours[name]) >= 4.5, `ink on ${name}`);
      }
    });
  }
});
