// The words that a worker and the main thread share, in one SharedArrayBuffer per worker: who owns each
// slot, when it started, and the ring of completions. A slot is an item's seat in one worker.
//
// Slot states and who may change them:
//   FREE -> QUEUED      main, before the message that carries the item
//   QUEUED -> STARTED   worker, by compare-and-swap, before it calls the processor
//   QUEUED -> RECALLED  main, by compare-and-swap: the item never starts here
//   STARTED -> DONE     worker, once the item has settled
//   any -> FREE         main, once it has read the slot's completion
// Plain writes on one side are published by the message or by the ring's head that follows them.
import { performance } from 'node:perf_hooks';

export const SLOTS = 4096;
export const SLOT_MASK = SLOTS - 1;

export const FREE = 0;
export const QUEUED = 1;
export const STARTED = 2;
export const RECALLED = 3;
export const DONE = 4;

/** Positions in `header`. */
export const HEAD = 0; // completions published so far, modulo 2^32
export const SHARE = 1; // how many items this worker may run at once
export const SYNC_SLOT = 2; // the slot whose processor call is on the stack, plus 1; 0 for none
export const ASYNC = 3; // 1 once the processor has returned a promise
export const SLAB_READ = 4; // slab messages that the worker has copied out
const HEADER_WORDS = 16;

/** How an item ended, in the completion ring. The first kinds carry their value in the ring itself. */
export const IS_NUMBER = 0;
export const IS_UNDEFINED = 1;
export const IS_NULL = 2;
export const IS_TRUE = 3;
export const IS_FALSE = 4;
export const IS_VALUE = 5; // the next value of the message
export const IS_ERROR = 6; // the next value of the message is an error record
export const IS_RECALLED = 7; // it did not run: main took it back
export const IS_ABANDONED = 8; // main gave up on it (timeout, abort) and the worker has let go of it
export const IS_UNREADABLE = 9; // the item could not be deserialised
export const KIND_SHIFT = 16;
export const INDEX_MASK = 0xffff;

/** Set in a submission's word when the processor gets a context. */
export const WITH_CONTEXT = 1 << 16;

/** Suspects in a crash report that are not a slot. */
export const UNKNOWN = -1;
export const LATE = -2;

export class ControlBlock {
  /** @param {SharedArrayBuffer} [memory] made by main, handed to the worker */
  constructor(memory) {
    let offset = 0;
    const take = (/** @type {number} */ bytes) => (offset += bytes) - bytes;
    const busyAt = take(8);
    const startAt = take(8 * SLOTS);
    const numberAt = take(8 * SLOTS);
    const inputAt = take(8 * SLOTS);
    const latencyAt = take(4 * SLOTS);
    const stateAt = take(4 * SLOTS);
    const submittedAt = take(4 * SLOTS);
    const indexAt = take(4 * SLOTS);
    const attemptAt = take(4 * SLOTS);
    const completedAt = take(4 * SLOTS);
    const messageAt = take(4 * SLOTS);
    const headerAt = take(4 * HEADER_WORDS);
    this.memory = memory ?? new SharedArrayBuffer(offset);
    const m = this.memory;
    /** Milliseconds in which the worker had something to do, in all. */
    this.busyMs = new Float64Array(m, busyAt, 1);
    /** When the slot's item started, by clockMs(). */
    this.start = new Float64Array(m, startAt, SLOTS);
    /** By completion: the value, where it is a number. */
    this.number = new Float64Array(m, numberAt, SLOTS);
    /** By submission: the item, where the whole message is numbers. */
    this.input = new Float64Array(m, inputAt, SLOTS);
    /** By completion: milliseconds of execution; negative when not measured. */
    this.latency = new Float32Array(m, latencyAt, SLOTS);
    this.state = new Int32Array(m, stateAt, SLOTS);
    /** Ring of slots in the order of submission. */
    this.submitted = new Int32Array(m, submittedAt, SLOTS);
    /** By slot: what the context says. */
    this.index = new Int32Array(m, indexAt, SLOTS);
    this.attempt = new Int32Array(m, attemptAt, SLOTS);
    /** Ring of completions: kind and slot. */
    this.completed = new Int32Array(m, completedAt, SLOTS);
    /** Ring of messages to the worker: how many items each carries. */
    this.message = new Int32Array(m, messageAt, SLOTS);
    this.header = new Int32Array(m, headerAt, HEADER_WORDS);
  }
}

// performance.now() counts from the start of its own thread, the monotonic clock from one point for all.
// Bound here, so that tests with fake timers do not stop the watch.
const now = performance.now.bind(performance);
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - now();

/** Milliseconds on a clock that all threads share. */
export const clockMs = () => now() + offsetMs;
