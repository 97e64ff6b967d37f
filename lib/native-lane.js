// Batches of items through a native operation: encoding, the way there and back, decoding. One receiver
// per isolate routes what the addon delivers to the lane it belongs to.
import { setImmediate } from 'node:timers';
import { getSystemErrorMap } from 'node:util';
import { MillraceError, OperationError, TimeoutError, cycleError, errorCodes } from './errors.js';
import { native } from './native.js';
import { ResultView } from './operations/result-view.js';
import { describe } from './options.js';

/**
 * @typedef {import('./operations/operation.js').Operation} Operation
 *
 * The order of a batch whose items wait for each other; see lib/parallel/graph.js.
 * @typedef {{ keys: string[], begins: Uint32Array, targets: Uint32Array }} GraphShape
 *
 * A finished batch. `failures` maps positions in the batch to errors.
 * @typedef {object} BatchResult
 * @property {Map<number, unknown> | null} failures
 * @property {Float32Array} elapsedMs
 * @property {Float64Array | undefined} numbers
 * @property {string | undefined} fixedText
 * @property {string[] | undefined} texts
 * @property {Float64Array | undefined} spans
 * @property {ArrayBuffer[] | undefined} blocks
 * @property {Float64Array | undefined} places
 */

/** Routes of this isolate. @type {Map<number, NativeLane>} */
const lanes = new Map();
/** The number the addon knows receive() by. @type {number | undefined} */
let receiver;

/** @type {import('../types/native.js').BatchReceiver} */
function receive(lane, id, errors, elapsedMs, numbers, fixedText, texts, spans, blocks, places) {
  const target = lanes.get(lane);
  if (elapsedMs === undefined) target?.deliverFailure(id, /** @type {string} */ (errors));
  else target?.deliver(id, errors, { failures: null, elapsedMs, numbers, fixedText, texts, spans, blocks, places });
}

/**
 * After a delivery the event loop gets a turn before the next, however fast batches finish. The timer
 * functions of the module, not the global ones, which tests replace.
 */
function deferDelivery() {
  setImmediate(() => native().deliverMore());
}

/** In place of an item's error: it was not run because another had failed. */
export class NotRun {
  /** @param {number} position of the item that failed */
  constructor(position) {
    this.position = position;
  }
}

export class NativeLane {
  /**
   * @param {Operation} operation
   * @param {number} limit
   */
  constructor(operation, limit) {
    receiver ??= native().onBatch(receive, deferDelivery);
    this.#operation = operation;
    try {
      this.#number = native().laneOpen(operation.name, operation.options, limit, receiver);
    } catch (error) {
      throw withClass(error);
    }
    this.#shapes = operation.stages.length > 0 ? native().laneShapes(this.#number) : undefined;
    lanes.set(this.#number, this);
  }

  #operation;
  #number;
  #shapes;
  #nextId = 1;
  /** @type {Map<number, { items: unknown[], timeoutMs: number, onDone: (result: BatchResult) => void }>} */
  #pending = new Map();
  #closing = false;

  /**
   * Queues the items that can be encoded; `onDone` is called once, later. An item of the wrong type is
   * a failure of its own.
   * @param {unknown[]} items
   * @param {number} timeoutMs per item; 0 for none
   * @param {(result: BatchResult) => void} onDone
   * @param {GraphShape | null} [shape] how the items wait for each other, if they do
   * @returns {number} the batch's id
   */
  submit(items, timeoutMs, onDone, shape = null) {
    const id = this.#nextId;
    this.#nextId = id === 0xffffffff ? 1 : id + 1;
    this.#pending.set(id, { items, timeoutMs, onDone });
    try {
      this.#send(id, items, timeoutMs, shape);
    } catch (error) {
      this.#pending.delete(id);
      throw withClass(error);
    }
    return id;
  }

  /**
   * @param {number} id
   * @param {unknown[]} items
   * @param {number} timeoutMs
   * @param {GraphShape | null} shape
   */
  #send(id, items, timeoutMs, shape) {
    const submit = (/** @type {string | (string | Uint8Array)[] | undefined} */ input) => {
      if (shape === null) return native().laneSubmit(this.#number, id, items.length, input, timeoutMs);
      const { keys, begins, targets } = shape;
      const answer = native().laneSubmitGraph(this.#number, id, items.length, input, timeoutMs, begins, targets);
      if (typeof answer === 'boolean') return answer;
      throw cycleError(Array.from(answer, (member) => keys[member]));
    };
    if (this.#operation.input === 'none') {
      submit(undefined);
      return;
    }
    // NUL-joined, all paths cross as one string. The addon refuses when an item contains NUL itself.
    const joined = this.#operation.input === 'path' && items.every(isString) ? items.join('\0') : null;
    if (joined === null || !submit(joined)) submit(this.#operation.encodeAll(items));
  }

  /**
   * One item and its result. Rejects with the item's error, or with what submit() throws.
   * @param {unknown} item
   * @returns {Promise<any>}
   */
  run(item) {
    return new Promise((resolve, reject) => {
      this.submit([item], 0, (result) => {
        try {
          if (result.failures !== null) reject(result.failures.get(0));
          else resolve(this.#operation.decode(this.view(result, 1), 0, item));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * What the operation's decode() reads.
   * @param {BatchResult} result
   * @param {number} count items of the batch
   */
  view(result, count) {
    return this.#shapes === undefined ? new ResultView(result, count) : ResultView.ofPipe(result, count, this.#shapes);
  }

  /**
   * @param {number} id
   * @param {string | undefined} errors
   * @param {BatchResult} result
   */
  deliver(id, errors, result) {
    const batch = this.#arrived(id);
    if (batch === undefined) return;
    if (errors !== undefined) result.failures = this.#readErrors(errors, batch.items, batch.timeoutMs);
    batch.onDone(result);
  }

  /**
   * The batch has finished, and its results could not be handed over: each item fails.
   * @param {number} id
   * @param {string} code
   */
  deliverFailure(id, code) {
    const batch = this.#arrived(id);
    if (batch === undefined) return;
    const failures = new Map(batch.items.map((item, k) => [k, operationError(this.#operation, code, 0, '', '', item)]));
    const elapsedMs = new Float32Array(batch.items.length);
    const nothing = undefined;
    batch.onDone({ failures, elapsedMs, numbers: nothing, fixedText: nothing, texts: nothing, spans: nothing, blocks: nothing, places: nothing });
  }

  /** @param {number} id */
  #arrived(id) {
    const batch = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#closing && this.#pending.size === 0) lanes.delete(this.#number);
    return batch;
  }

  /**
   * @param {string} json
   * @param {unknown[]} items
   * @param {number} timeoutMs
   */
  #readErrors(json, items, timeoutMs) {
    /** @type {Map<number, unknown>} */
    const failures = new Map();
    for (const [position, code, errno, syscall, detail, ...place] of JSON.parse(json)) {
      if (code === 'ERR_TIMEOUT') failures.set(position, new TimeoutError(timeoutMs));
      else if (code === 'ERR_DEPENDENCY_FAILED') failures.set(position, new NotRun(Number(detail)));
      else failures.set(position, operationError(this.#operation, code, errno, syscall, detail, items[position], place));
    }
    return failures;
  }

  /** @param {number} limit */
  setLimit(limit) {
    if (!this.#closing) native().laneSetLimit(this.#number, limit);
  }

  /** Items of the batch that have not started will not. @param {number} id */
  cancel(id) {
    if (!this.#closing) native().laneCancel(this.#number, id);
  }

  /** Refuses and cancels; what is under way is still delivered. */
  close() {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#pending.size === 0) lanes.delete(this.#number);
    native().laneClose(this.#number);
  }
}

/**
 * What the addon throws is a plain Error with a code of ours, or Node's own.
 * @param {unknown} error
 */
function withClass(error) {
  const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
  if (error instanceof MillraceError) return error;
  return code !== undefined && code in errorCodes ? new MillraceError(code, message) : error;
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isString(value) {
  return typeof value === 'string';
}

/**
 * @param {Operation} operation
 * @param {string} code
 * @param {number} errno
 * @param {string} syscall
 * @param {string} detail
 * @param {unknown} item
 * @param {number[]} [place] the stage's number, offset, line, column, as far as known
 */
function operationError(operation, code, errno, syscall, detail, item, place = []) {
  const [index = -1, offset, line, column] = place;
  const stage = operation.stages[index];
  return errorFrom(stage?.name ?? operation.name, code, errno, syscall, detail, {
    path: operation.pathOf(item),
    position: line === undefined ? undefined : { offset, line, column },
    stage: stage === undefined ? undefined : { name: stage.name, index },
  });
}

/**
 * In the form of Node's own fs errors where the system refused.
 * @param {string} operation its name
 * @param {string} code
 * @param {number} errno
 * @param {string} syscall
 * @param {string} detail
 * @param {import('./errors.js').OperationErrorDetails} details
 */
export function errorFrom(operation, code, errno, syscall, detail, details) {
  const { path, position } = details;
  const at = position === undefined ? '' : ` at line ${position.line}, column ${position.column}`;
  const where = path === undefined ? '' : ` ${typeof path === 'string' ? `'${path}'` : describe(path)}`;
  if (code !== 'ERR_SYSTEM') {
    return new OperationError(code, `${operation}: ${detail || errorCodes[code]}${at}${where && `,${where}`}`, details);
  }
  const { name, message } = systemError(errno);
  return new OperationError(name, `${name}: ${detail || message}, ${syscall}${where}`, { ...details, errno: -errno, syscall });
}

/**
 * @param {number} errno
 * @returns {{ name: string, message: string }}
 */
function systemError(errno) {
  const [name, message] = getSystemErrorMap().get(-errno) ?? [`ERRNO_${errno}`, 'the operating system refused'];
  return { name, message };
}
