/** Decimal numbers straight from bytes. */

const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const MINUS = 0x2d, PLUS = 0x2b, POINT = 0x2e, ZERO = 0x30;

/** The bytes as characters of the same codes. */
export function textOfBytes(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let p = start; p < end; p++) text += String.fromCharCode(bytes[p]);
  return text;
}

/**
 * The double nearest to the decimal number in `bytes[start, end)`; NaN if it is none, ±Infinity if it is too large.
 * Up to 15 digits, numerator and power of ten are both exact doubles, so that their quotient is correctly rounded;
 * anything longer, or with an exponent, goes through the language's own conversion.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  const sign = bytes[p];
  if (sign === MINUS || sign === PLUS) p++;
  let numerator = 0, digits = 0, fractionDigits = -1;
  for (; p < end; p++) {
    const digit = bytes[p] - ZERO;
    if (digit >= 0 && digit <= 9) numerator = numerator * 10 + digit, digits++;
    else if (bytes[p] === POINT && fractionDigits < 0) fractionDigits = digits;
    else return parseSlowly(bytes, start, end);
  }
  if (digits === 0 || digits > 15) return parseSlowly(bytes, start, end);
  const value = fractionDigits < 0 ? numerator : numerator / POWERS_OF_TEN[digits - fractionDigits];
  return sign === MINUS && value !== 0 ? -value : value;
}

function parseSlowly(bytes: Uint8Array, start: number, end: number): number {
  // A number has its end: a megabyte of digits is not worth converting.
  if (end - start > 4096) return NaN;
  const text = textOfBytes(bytes, start, end);
  return DECIMAL.test(text) ? Number(text) + 0 : NaN;
}
