// The same work in every placement: SHA-256 of a string or of bytes, a failure for anything else.
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { operations, workerTask } from '../../../lib/index.js';

/** What every placement must compute. Throws a TypeError for what is neither text nor bytes. */
export function sha256(item) {
  return createHash('sha256').update(item).digest('hex');
}

/** One entry per placement. Each test that takes part runs once for every entry. */
export const placements = [
  { name: 'event loop, async', placement: 'event-loop', hashing: async (item) => sha256(item) },
  { name: 'event loop, sync', placement: 'event-loop', hashing: (item) => sha256(item) },
  { name: 'native', placement: 'native', hashing: operations.hash({ algorithm: 'sha256' }) },
  { name: 'worker', placement: 'worker', hashing: workerTask(new URL('./tasks/sha256.mjs', import.meta.url), { export: 'sha256' }) },
];

/** The processor, closed when the test is over. */
export function closing(processor) {
  onTestFinished(() => processor.close());
  return processor;
}
