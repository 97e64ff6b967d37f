// Errors across threads. Structured clone keeps name, message and stack of built-in errors only; here the
// code, the cause, the errors of an AggregateError and every own property that can be cloned cross too.
// An error becomes a record of plain data on one side and an error of the same built-in class on the other.

/**
 * @typedef {object} ErrorRecord
 * @property {true} isError
 * @property {string} type the built-in class it descends from
 * @property {string} name
 * @property {string} message
 * @property {string | undefined} stack
 * @property {Record<string, unknown>} props
 * @property {Thrown} [cause]
 * @property {Thrown[]} [errors]
 */

/** @typedef {ErrorRecord | { isError: false, value: unknown }} Thrown */

/** @type {Record<string, ErrorConstructor>} */
const classes = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };
const MAX_DEPTH = 16;
const separate = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/**
 * @param {unknown} thrown
 * @returns {Thrown} always cloneable
 */
export function encodeThrown(thrown) {
  return encode(thrown, []);
}

/**
 * @param {unknown} thrown
 * @param {unknown[]} above the errors this one is a cause of
 * @returns {Thrown}
 */
function encode(thrown, above) {
  try {
    if (!(thrown instanceof Error)) return encodeOther(thrown);
    if (above.includes(thrown) || above.length > MAX_DEPTH) {
      return plainRecord(`[circular or deep cause: ${String(thrown.message)}]`);
    }
    return encodeError(thrown, [...above, thrown]);
  } catch (failure) {
    // A getter or a proxy of the thrown value threw in turn.
    return plainRecord(`The processor threw a value that cannot be read: ${textOf(failure)}`);
  }
}

/**
 * @param {Error} error
 * @param {unknown[]} above
 * @returns {ErrorRecord}
 */
function encodeError(error, above) {
  /** @type {ErrorRecord} */
  const record = {
    isError: true,
    type: builtInClassOf(error),
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === 'string' ? error.stack : undefined,
    props: ownProperties(error),
  };
  if ('cause' in error) record.cause = encode(error.cause, above);
  if ('errors' in error && Array.isArray(error.errors)) {
    record.errors = error.errors.map((inner) => encode(inner, above));
  }
  return record;
}

/** @param {Error} error */
function builtInClassOf(error) {
  if (typeof DOMException === 'function' && error instanceof DOMException) return 'DOMException';
  for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    const name = Object.hasOwn(proto, 'constructor') ? proto.constructor?.name : undefined;
    if (name === 'AggregateError' || (typeof name === 'string' && Object.hasOwn(classes, name))) return name;
  }
  return 'Error';
}

/** @param {Error} error */
function ownProperties(error) {
  /** @type {Record<string, unknown>} */
  const props = {};
  for (const key of Object.keys(error)) {
    if (separate.has(key)) continue;
    const value = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (error))[key];
    if (isCloneable(value)) props[key] = value;
  }
  // Own but not enumerable in Node's system errors made by some libraries.
  const code = /** @type {{ code?: unknown }} */ (error).code;
  if (code !== undefined && !('code' in props) && isCloneable(code)) props.code = code;
  return props;
}

/**
 * @param {unknown} value
 * @returns {Thrown}
 */
function encodeOther(value) {
  if (isCloneable(value)) return { isError: false, value };
  return plainRecord(`The processor threw a value that cannot be cloned: ${textOf(value)}`);
}

/**
 * @param {string} message
 * @returns {ErrorRecord}
 */
function plainRecord(message) {
  return { isError: true, type: 'Error', name: 'Error', message, stack: undefined, props: {} };
}

/** @param {unknown} value */
function isCloneable(value) {
  if (value === null) return true;
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object') return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} value */
function textOf(value) {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/**
 * @param {Thrown} record made by encodeThrown() in the other thread
 * @returns {unknown} what was thrown there
 */
export function decodeThrown(record) {
  if (!record.isError) return record.value;
  const limit = Error.stackTraceLimit;
  // The stack of the other thread replaces this one's: do not spend time on capturing it.
  Error.stackTraceLimit = 0;
  try {
    return decodeError(record);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** @param {ErrorRecord} record */
function decodeError(record) {
  if (record.type === 'DOMException') {
    const exception = new DOMException(record.message, record.name);
    if (record.stack !== undefined) hide(exception, 'stack', record.stack);
    return exception;
  }
  const error = make(record);
  if (record.stack !== undefined) hide(error, 'stack', record.stack);
  if (error.name !== record.name) hide(error, 'name', record.name);
  if (record.cause !== undefined) hide(error, 'cause', decodeThrown(record.cause));
  for (const [key, value] of Object.entries(record.props)) {
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return error;
}

/** @param {ErrorRecord} record */
function make(record) {
  const errors = record.errors?.map(decodeThrown);
  if (record.type === 'AggregateError') return new AggregateError(errors ?? [], record.message);
  const Class = classes[record.type] ?? Error;
  const error = new Class(record.message);
  if (errors !== undefined) hide(error, 'errors', errors);
  return error;
}

/**
 * As the built-in classes define their own properties: not enumerable.
 * @param {object} target
 * @param {string} key
 * @param {unknown} value
 */
function hide(target, key, value) {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true });
}
