/** Parameters that are numbers, in short. */

/** With a default. */
export function real(min: number, max: number, value: number, help: string) {
  return { kind: "number", min, max, default: value, help } as const;
}

/** A whole one. */
export function whole(min: number, max: number, value: number, help: string) {
  return { ...real(min, max, value, help), whole: true } as const;
}
