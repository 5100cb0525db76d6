/**
 * Five uniform features and a target, the same in any language to the last bit: Park and Miller's generator and plain
 * products. Figures of other programs were taken on it.
 */
export interface TableRow {
  readonly features: Readonly<Record<string, number>>;
  readonly target: number;
}

export function tableStream(count: number, scale = 1): TableRow[] {
  let state = 42;
  const next = () => (state = (state * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, () => {
    const [a, b, c, d, e] = [next(), next(), next(), next(), next()];
    const target = 10 * a * b + 20 * (c - 0.5) * (c - 0.5) + 10 * d + 5 * e + 2 * (next() - 0.5);
    return {
      features: { x0: a * scale, x1: b * scale, x2: c * scale, x3: d * scale, x4: e * scale },
      target,
    };
  });
}

/** Three classes of about the same size. */
export function threeClasses({ target }: TableRow): string {
  return target < 9 ? "a" : target < 13 ? "b" : "c";
}

export function twoClasses({ target }: TableRow): boolean {
  return target > 11;
}
