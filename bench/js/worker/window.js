/**
 * Feeds a pool that takes one task per call: `width` calls are kept in flight, results are summed.
 * This is how the peers are ordinarily used from a pipeline.
 */

/**
 * @param {unknown[]} items
 * @param {number} width
 * @param {(item: any) => Promise<number>} call
 * @returns {Promise<number>}
 */
export async function runWindow(items, width, call) {
  let next = 0;
  let sum = 0;
  const lane = async () => {
    while (next < items.length) {
      const value = await call(items[next++]);
      sum += value;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return sum;
}
