// deno-fmt-ignore-file
// Nearest rows of a ring of rows of doubles, `rowBytes` each (a multiple of 16), by Euclidean distance.

// @ts-ignore: decorator
@inline function squaredDistance(a: usize, b: usize, rowBytes: usize): f64 {
  let sum = f64x2.splat(0);
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const d = f64x2.sub(v128.load(a + j), v128.load(b + j));
    sum = f64x2.add(sum, f64x2.mul(d, d));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * The up to `n` rows nearest to `query`, nearest first, of equal ones the older first: their places (u32) and distances. The
 * ring holds `count` rows of `capacity`, the oldest at `first`. Gives how many there are.
 */
export function nearestRows(
  rows: usize, rowBytes: usize, capacity: u32, first: u32, count: u32, query: usize, n: u32, places: usize, distances: usize,
): u32 {
  let found: u32 = 0;
  for (let age: u32 = 0; age < count; age++) {
    let place = first + age;
    if (place >= capacity) place -= capacity;
    const d = squaredDistance(rows + <usize>place * rowBytes, query, rowBytes);
    if (found == n) {
      if (!(d < load<f64>(distances + (<usize>(n - 1) << 3)))) continue;
    } else found++;
    let at = found - 1;
    while (at > 0 && d < load<f64>(distances + (<usize>(at - 1) << 3))) {
      store<f64>(distances + (<usize>at << 3), load<f64>(distances + (<usize>(at - 1) << 3)));
      store<u32>(places + (<usize>at << 2), load<u32>(places + (<usize>(at - 1) << 2)));
      at--;
    }
    store<f64>(distances + (<usize>at << 3), d);
    store<u32>(places + (<usize>at << 2), place);
  }
  for (let at: usize = 0; at < <usize>found; at++) store<f64>(distances + (at << 3), Math.sqrt(load<f64>(distances + (at << 3))));
  return found;
}
