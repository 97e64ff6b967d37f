// Control over when items finish, so that tests of ordering and concurrency need no sleeps.

const nextImmediate = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Everything that microtasks can do has been done, and lanes that gave way to the event loop for a turn
 * (they do when the machine is slow) have gone on: what a lane puts off comes behind the first turn.
 */
export const turn = async () => {
  await nextImmediate();
  await nextImmediate();
};

/** A promise that is settled from outside. */
export function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** A processor whose items finish only when told to. Items must be distinct. */
export class Gate {
  /** Items in the order in which they started. */
  started = [];
  /** Contexts in the same order. */
  contexts = [];
  running = 0;
  peak = 0;
  #pending = new Map();

  processor = (item, context) => {
    this.started.push(item);
    this.contexts.push(context);
    this.peak = Math.max(this.peak, ++this.running);
    const entry = deferred();
    this.#pending.set(item, entry);
    return entry.promise;
  };

  /** Items that have started and not finished, oldest first. */
  get pending() {
    return [...this.#pending.keys()];
  }

  #end(item) {
    const entry = this.#pending.get(item);
    this.#pending.delete(item);
    this.running--;
    return entry;
  }

  /** Finishes an item and lets everything that follows from it happen. */
  async resolve(item, value = item) {
    this.#end(item).resolve(value);
    await turn();
  }

  async reject(item, error) {
    this.#end(item).reject(error);
    await turn();
  }

  /** Finishes whatever runs, oldest first, until nothing more starts. */
  async drain() {
    await turn();
    while (this.#pending.size > 0) await this.resolve(this.pending[0]);
  }
}

/** The value a promise rejects with. Fails when it resolves. */
export async function rejectionOf(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, and it resolved to ${String(value)}`);
}

/** The value that a function throws. Fails when it returns. */
export function thrownBy(body) {
  let value;
  try {
    value = body();
  } catch (error) {
    return error;
  }
  throw new Error(`expected an exception, and it returned ${String(value)}`);
}

export const range = (count, from = 0) => Array.from({ length: count }, (_, k) => from + k);

/** Runs the body and returns the reasons of the promises that were rejected without a handler meanwhile. */
export async function unhandledRejectionsDuring(body) {
  const before = process.listeners('unhandledRejection');
  const reasons = [];
  const listen = (reason) => reasons.push(reason);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', listen);
  try {
    await body();
    // Node reports at the end of the turn in which nobody handled it.
    await turn();
    await turn();
  } finally {
    process.off('unhandledRejection', listen);
    for (const listener of before) process.on('unhandledRejection', listener);
  }
  return reasons;
}
