// The program of a worker: loads the task's module, says that it is ready, then runs the items that arrive.
// The user's own workerData is the worker's workerData; what the pool needs comes as the first message.
import { parentPort } from 'node:worker_threads';
import { Attribution } from './attribution.js';
import * as c from './control.js';
import { encodeThrown } from './error-transfer.js';
import { ItemRunner } from './item-runner.js';
import { Outbox } from './outbox.js';
import { PayloadReader } from './payload.js';
import { useAddon } from '../native.js';
import { loadProcessor } from './task-module.js';

/**
 * @typedef {object} Start
 * @property {import('node:worker_threads').MessagePort} port
 * @property {SharedArrayBuffer} memory
 * @property {string} href
 * @property {string} exportName
 * @property {boolean} eager
 * @property {string | undefined} addon where the parent's addon is
 */

const AsyncFunction = (async () => {}).constructor;

/** @param {Start} start */
async function main({ port, memory, href, exportName, eager, addon }) {
  useAddon(addon);
  const control = new c.ControlBlock(memory);
  const outbox = new Outbox(control, port);
  /** @type {ItemRunner | null} */
  let runner = null;
  const attribution = new Attribution({
    flush: () => runner?.flush(),
    syncSlot: () => /** @type {number} */ (control.header[c.SYNC_SLOT]) - 1,
    running: () => runner?.running ?? 0,
    isRunning: (slot, generation) => runner?.isRunning(slot, generation) ?? false,
    send: (crash) => port.postMessage({ crash }),
  });
  let processor;
  try {
    processor = await loadProcessor(href, exportName);
  } catch (error) {
    port.postMessage({ moduleError: encodeThrown(error) });
    port.close();
    return;
  }
  const isAsync = processor instanceof AsyncFunction;
  if (isAsync) control.header[c.ASYNC] = 1;
  runner = new ItemRunner(processor, control, outbox, attribution, { isAsync, eager });
  listen(port, control, runner);
  port.postMessage({ ready: true });
}

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {c.ControlBlock} control
 * @param {ItemRunner} runner
 */
function listen(port, control, runner) {
  const reader = new PayloadReader(control);
  let messages = 0;
  port.on('message', (message) => {
    if (typeof message === 'number') {
      messages++;
      runner.addNumbers(message);
    } else if (Array.isArray(message)) {
      messages++;
      runner.add(message);
    } else if (message.items !== undefined) {
      messages++;
      runner.add(reader.read(message));
    } else if (message.abandon !== undefined) {
      const reason = new DOMException(message.reason, message.name);
      for (const slot of message.abandon) runner.abandon(slot, reason);
    } else {
      runner.pump();
    }
  });
  // The items of a message that cannot be deserialised: only their number is known.
  port.on('messageerror', () => {
    runner.addUnreadable(/** @type {number} */ (control.message[messages++ & c.SLOT_MASK]));
  });
}

parentPort?.once('message', (start) => {
  void main(start);
});
