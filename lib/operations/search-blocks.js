// How a search is cut into blocks: ranges of queries against ranges of rows. The cut follows from the sizes
// alone, so that results come in the same order on every machine, whatever the concurrency.

/** Every width of a tile divides it (kPanelMultiple in native/vectors/tile_kernels.h). */
const MULTIPLE = 96;
/** A block's queries stay in the second-level cache. */
const BLOCK_BYTES = 384 * 1024;
const MAX_BLOCK_QUERIES = 8 * MULTIPLE;
/** Blocks that a search is cut into where that leaves them large enough. */
const ENOUGH_BLOCKS = 64;
/** Rows that are worth a block of their own when there are few queries. */
const MIN_SPLIT_ROWS = 16384;
/** A block of pairs holds no more than so many. */
const MAX_BLOCK_PAIRS = 1024 * 1024;

/** @param {number} value */
function upToMultiple(value) {
  return Math.ceil(value / MULTIPLE) * MULTIPLE;
}

/**
 * @param {number} queries
 * @param {number} columns
 * @param {number} scalarBytes
 */
function queriesPerBlock(queries, columns, scalarBytes) {
  const cached = Math.floor(BLOCK_BYTES / (MULTIPLE * columns * scalarBytes)) * MULTIPLE;
  const shared = upToMultiple(queries / ENOUGH_BLOCKS);
  return Math.min(Math.max(cached, MULTIPLE), MAX_BLOCK_QUERIES, Math.max(shared, MULTIPLE));
}

/** @param {number[]} bounds queries' begin and end, rows' begin and end */
function block(...bounds) {
  return new Uint8Array(Uint32Array.from(bounds).buffer);
}

/** What a block covers. @param {Uint8Array} bytes */
export function boundsOf(bytes) {
  const [queriesBegin, queriesEnd, rowsBegin, rowsEnd] = new Uint32Array(bytes.buffer);
  return { queriesBegin, queriesEnd, rowsBegin, rowsEnd };
}

/**
 * Every query against every row; the blocks of the same queries follow each other.
 * @param {number} queries
 * @param {number} rows
 * @param {number} columns
 * @param {number} scalarBytes
 */
export function searchBlocks(queries, rows, columns, scalarBytes) {
  const step = queriesPerBlock(queries, columns, scalarBytes);
  const splits = Math.max(1, Math.min(Math.floor(ENOUGH_BLOCKS / Math.ceil(queries / step)), Math.floor(rows / MIN_SPLIT_ROWS)));
  const rowStep = upToMultiple(rows / splits);
  const blocks = [];
  for (let query = 0; query < queries; query += step) {
    for (let row = 0; row < rows; row += rowStep) {
      blocks.push(block(query, Math.min(query + step, queries), row, Math.min(row + rowStep, rows)));
    }
  }
  return blocks;
}

/**
 * Every row against the rows after it.
 * @param {number} rows
 * @param {number} columns
 * @param {number} scalarBytes
 */
export function pairBlocks(rows, columns, scalarBytes) {
  const step = queriesPerBlock(rows, columns, scalarBytes);
  const rowStep = Math.floor(MAX_BLOCK_PAIRS / step / MULTIPLE) * MULTIPLE;
  const blocks = [];
  for (let query = 0; query < rows; query += step) {
    for (let row = query; row < rows; row += rowStep) {
      blocks.push(block(query, Math.min(query + step, rows), row, Math.min(row + rowStep, rows)));
    }
  }
  return blocks;
}
