/**
 * Plain decimal numbers from bytes, as right as `Number(text)` and several times as fast: a file of observations is mostly
 * digits. What is not plain (more than 17 significant digits, an exponent, far from 1) is left to the caller.
 */

const MINUS = 45, ZERO = 48, POINT = 46 - ZERO, EXPONENT = 101 - ZERO, UPPER_EXPONENT = 69 - ZERO;
/** Both halves together are below 10¹⁷, and 9 digits times 10⁸ need 49 bits: exact. */
const HIGH_DIGITS = 9, MOST_DIGITS = 17;
/** 10^0 to 10^22 are doubles. */
const POWERS = Float64Array.from({ length: 23 }, (_, e) => Number(`1e${e}`));
/** Veltkamp's constant: splits a double into two of 26 bits. */
const SPLITTER = 2 ** 27 + 1;
/** The remainder of the division is known to 2^-52 of itself. */
const DOUBT = 2 ** -50;

export class DecimalReader {
  /** Behind the last number that was read. */
  end = 0;

  /**
   * The number of JSON that begins at `at`. NaN where there is none that is plain; `end` then means nothing. The byte behind the
   * number is not looked at, but for a digit, a point or an exponent.
   */
  read(bytes: Uint8Array, at: number): number {
    const isNegative = bytes[at] === MINUS;
    let i = isNegative ? at + 1 : at, digit = bytes[i] - ZERO;
    // Digits from the first on that is not 0: up to nine in `high`, the others in `low`.
    let high = 0, low = 0, count = 0, decimals = 0;
    if (digit === 0) digit = bytes[++i] - ZERO;
    else {
      if (!(digit > 0 && digit <= 9)) return NaN;
      for (; digit >= 0 && digit <= 9; digit = bytes[++i] - ZERO) {
        if (count++ < HIGH_DIGITS) high = 10 * high + digit;
        else low = 10 * low + digit;
      }
    }
    if (digit === POINT) {
      const first = ++i;
      digit = bytes[i] - ZERO;
      if (count === 0) { while (digit === 0) digit = bytes[++i] - ZERO; }
      for (; count < HIGH_DIGITS && digit >= 0 && digit <= 9; count++, digit = bytes[++i] - ZERO) {
        high = 10 * high + digit;
      }
      for (; digit >= 0 && digit <= 9; count++, digit = bytes[++i] - ZERO) low = 10 * low + digit;
      decimals = i - first;
      // JSON wants a digit on both sides of the point.
      if (decimals === 0 || decimals > 22) return NaN;
    }
    const isOver = digit >= 0 && digit <= 9 || digit === POINT || digit === EXPONENT ||
      digit === UPPER_EXPONENT;
    if (isOver || count > MOST_DIGITS) return NaN;
    this.end = i;
    const scaled = count > HIGH_DIGITS ? high * POWERS[count - HIGH_DIGITS] : high;
    const value = quotient(scaled, low, decimals);
    return isNegative ? -value : value;
  }
}

/** (high + low) / 10^decimals, rightly rounded, or NaN where that would take more digits to tell. */
function quotient(high: number, low: number, decimals: number): number {
  const sum = high + low;
  // What the sum lost: exact, as high is 0 or the greater.
  const lost = low - (sum - high);
  if (decimals === 0) return sum;
  const power = POWERS[decimals], first = sum / power;
  // sum - first · power, exact by Dekker's product.
  const a = SPLITTER * first, firstHigh = a - (a - first), firstLow = first - firstHigh;
  const b = SPLITTER * power, powerHigh = b - (b - power), powerLow = power - powerHigh;
  const product = first * power;
  const error = firstLow * powerLow -
    (((product - firstHigh * powerHigh) - firstLow * powerHigh) - firstHigh * powerLow);
  const second = (((sum - product) - error) + lost) / power;
  const doubt = second * DOUBT, value = first + (second - doubt);
  return value === first + (second + doubt) ? value : NaN;
}
