/** The distribution function of the standard normal distribution. */

const ROOT_2_PI = Math.sqrt(2 * Math.PI);
/** Beyond it the next double to 0 or 1 is nearer than the value. */
const FAR = 38;

/** P(X <= x), to about 1e-15. */
export function normalCdf(x: number): number {
  if (x !== x) return NaN;
  if (x > 3) return 1 - upperTail(x);
  if (x < -3) return upperTail(-x);
  // ½ + φ(x) (x + x³/3 + x⁵/(3·5) + ...): all terms of one sign.
  let term = x, sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= x * x / k;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-x * x / 2) / ROOT_2_PI;
}

/** P(X > x) for x > 3: φ(x) / (x + 1/(x + 2/(x + 3/(x + ...)))), from the inside out. */
function upperTail(x: number): number {
  if (x > FAR) return 0;
  let below = x;
  for (let k = 60; k > 0; k--) below = x + k / below;
  return Math.exp(-x * x / 2) / ROOT_2_PI / below;
}
