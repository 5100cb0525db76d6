import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { HALF_STEP_BYTES, type HalfStepFields, setMove, writeHalfStep } from "../../src/kernels/half_step.ts";
import { inlineKernels } from "./planted_fit.ts";

/** Names and types of the record's fields, as the kernel's source declares them. */
function declaredFields(): [name: string, type: string][] {
  const source = Deno.readTextFileSync(new URL("../../core-wasm/assembly/layout.ts", import.meta.url));
  const body = source.match(/class HalfStep \{([\s\S]*?)\n\}/)![1];
  return [...body.matchAll(/^ {2}(\w+): (u32|usize|f32);/gm)].map((match) => [match[1], match[2]]);
}

describe("writeHalfStep", () => {
  it("writes the fields in the order and with the types that the kernel reads", () => {
    const { kernels } = inlineKernels(), at = kernels.arena.allocate(HALF_STEP_BYTES);
    const declared = declaredFields();
    const fields = Object.fromEntries(
      declared.map(([name, type], k) => [name, type === "f32" ? k + 0.5 : 1000 + k]),
    );
    writeHalfStep(kernels.arena, at, fields as HalfStepFields);
    assert.equal(declared.length * 4, HALF_STEP_BYTES);
    declared.forEach(([name, type], k) => {
      const word = at + 4 * k;
      const read = type === "f32" ? kernels.arena.f32(word, 1)[0] : kernels.arena.u32(word, 1)[0];
      assert.equal(read, fields[name], name);
    });
  });
});

describe("setMove", () => {
  it("changes its fields and no other", () => {
    const { kernels } = inlineKernels(),
      at = kernels.arena.allocate(HALF_STEP_BYTES),
      declared = declaredFields();
    kernels.arena.u32(at, declared.length).fill(7);
    setMove(kernels.arena, at, { steps: 3, isFromZero: 1 });
    const words = [...kernels.arena.u32(at, declared.length)];
    assert.deepEqual(words, declared.map(([name]) => name === "steps" ? 3 : name === "isFromZero" ? 1 : 7));
  });
});
