// A small seedable generator (mulberry32): fixtures and the order of processes must be repeatable from a recorded seed.

/**
 * @param {number} seed
 * @returns {() => number} uniform in [0, 1)
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A new array in random order (Fisher-Yates).
 *
 * @template T
 * @param {readonly T[]} values
 * @param {() => number} random
 * @returns {T[]}
 */
export function shuffled(values, random) {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [result[last], result[chosen]] = [result[chosen], result[last]];
  }
  return result;
}
