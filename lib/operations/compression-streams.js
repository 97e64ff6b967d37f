// Compression and decompression of streams on native threads. A stream is a lane of its own with a limit of
// one, whose operation holds the codec's state: its items are the chunks, in order.
import { Duplex } from 'node:stream';
import { NativeLane } from '../native-lane.js';
import { oneOf, record } from '../options.js';
import { deflateLevelOf, lz4LevelOf, maxBytesOf, withUsableDictionary, zstdCompressOptions, zstdDecompressOptions } from './compression.js';
import { Operation } from './operation.js';

const COMPRESSED = /** @type {const} */ (['lz4', 'zstd', 'gzip', 'zlib', 'deflate']);
const DECOMPRESSED = /** @type {const} */ ([...COMPRESSED, 'auto']);
/** Enough to keep a native thread busy while the next chunks are on their way. */
const HIGH_WATER_MARK = 256 * 1024;
/** Asks the codec for what it still has, or ends its input. */
const NOTHING = [Buffer.alloc(0)];

/** Closes the lane of a stream that was dropped without being ended or destroyed. */
const abandoned = new FinalizationRegistry((/** @type {NativeLane} */ lane) => lane.close());

class CodecStream extends Duplex {
  /** @param {Operation} operation */
  constructor(operation) {
    super({ readableHighWaterMark: HIGH_WATER_MARK, writableHighWaterMark: HIGH_WATER_MARK });
    this.#operation = operation;
    this.#lane = new NativeLane(operation, 1);
    abandoned.register(this, this.#lane, this);
  }

  #operation;
  #lane;
  /** What to do when the reader wants more. @type {(() => void) | null} */
  #goOn = null;

  /**
   * @override
   * @param {Buffer} chunk
   * @param {BufferEncoding} _encoding
   * @param {(error?: Error | null) => void} callback
   */
  _write(chunk, _encoding, callback) {
    this.#convert([chunk], callback);
  }

  /**
   * All that has come in while the chunks before were converted crosses at once.
   * @override
   * @param {{ chunk: Buffer }[]} entries
   * @param {(error?: Error | null) => void} callback
   */
  _writev(entries, callback) {
    this.#convert(entries.map(({ chunk }) => chunk), callback);
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} callback
   */
  _final(callback) {
    this.#submit(NOTHING, (error) => {
      if (!error) this.push(null);
      callback(error);
    });
  }

  /** @override */
  _read() {
    const goOn = this.#goOn;
    this.#goOn = null;
    goOn?.();
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    abandoned.unregister(this);
    this.#goOn = null;
    this.#lane.close();
    callback(error);
  }

  /**
   * @param {Buffer[]} chunks
   * @param {(error?: Error | null) => void} callback
   */
  #convert(chunks, callback) {
    // An empty chunk would end the input.
    const full = chunks.filter((chunk) => chunk.length > 0);
    if (full.length === 0) callback();
    else this.#submit(full, callback);
  }

  /**
   * Calls back when everything that the chunks yield has been handed over and there is room for more.
   * @param {Buffer[]} chunks
   * @param {(error?: Error | null) => void} callback
   */
  #submit(chunks, callback) {
    try {
      this.#lane.submit(chunks, 0, (result) => {
        if (this.destroyed) return;
        if (result.failures !== null) callback(firstOf(result.failures));
        else this.#take(this.#lane.view(result, chunks.length), chunks.length, callback);
      });
    } catch (error) {
      callback(/** @type {Error} */ (error));
    }
  }

  /**
   * @param {import('./result-view.js').ResultView} view
   * @param {number} count
   * @param {(error?: Error | null) => void} callback
   */
  #take(view, count, callback) {
    let wanted = true;
    for (let k = 0; k < count; k++) {
      const block = /** @type {Buffer} */ (this.#operation.decode(view, k, null));
      if (block.length > 0) wanted = this.push(block);
    }
    const goOn = view.number(count - 1) === 1 ? () => this.#submit(NOTHING, callback) : callback;
    if (wanted) goOn();
    else this.#goOn = goOn;
  }
}

/** @param {Map<number, unknown>} failures in no particular order; the first is the cause of the others */
function firstOf(failures) {
  return /** @type {Error} */ (failures.get(Math.min(...failures.keys())));
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} options completed
 */
function streamOperation(name, options) {
  return new Operation(name, options, { input: 'bytes', blocking: false, returnsBytes: true, decode: (view, k) => view.block(k) });
}

/**
 * @param {string} format
 * @param {Record<string, unknown>} given
 */
function compressOptions(format, given) {
  if (format === 'lz4') return { level: lz4LevelOf(given.level), dictionary: null };
  if (format === 'zstd') return zstdCompressOptions(given);
  return { level: deflateLevelOf(given.level, 9), dictionary: null };
}

/**
 * @param {string} format
 * @param {Record<string, unknown>} given
 */
function decompressOptions(format, given) {
  if (format === 'zstd' || format === 'auto') return zstdDecompressOptions(given);
  return { maxBytes: maxBytesOf(given.maxBytes), dictionary: null };
}

/**
 * @param {unknown} [format]
 * @param {unknown} [options]
 * @returns {Duplex}
 */
export function createCompressor(format, options) {
  const name = oneOf('format', format, 'gzip', COMPRESSED);
  const completed = { format: name, ...compressOptions(name, record('options', options)) };
  return new CodecStream(withUsableDictionary(streamOperation('compressStream', completed)));
}

/**
 * @param {unknown} [format]
 * @param {unknown} [options]
 * @returns {Duplex}
 */
export function createDecompressor(format, options) {
  const name = oneOf('format', format, 'auto', DECOMPRESSED);
  const completed = { format: name, ...decompressOptions(name, record('options', options)) };
  return new CodecStream(withUsableDictionary(streamOperation('decompressStream', completed)));
}
