// Hashing files that are not in the page cache: how much having several requests in flight gains.
//
// Informational: what "cold" costs depends on the disk, on its own cache and on what else uses it.

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { smallFiles } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

// Python has posix_fadvise, Node has not. It drops these files only, needs no privilege and disturbs nobody else.
const kEvict = `
import os, sys
for line in sys.stdin:
    fd = os.open(line[:-1], os.O_RDONLY)
    os.fdatasync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)
`;

/** @typedef {import('../../harness/trials.mjs').Context} Context */

/** @param {string[]} paths */
function evict(paths) {
  execFileSync('python3', ['-c', kEvict], { input: `${paths.join('\n')}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
}

/** Bytes this process has caused to be read from storage. */
function storageBytes() {
  return Number(/^read_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

/**
 * @param {(context: Context) => Promise<(paths: string[]) => string[] | Promise<string[]>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function reading(load) {
  return async (context) => {
    const { paths, warmUpPaths } = context.fixture;
    const run = await load(context);
    await run(warmUpPaths);
    evict(paths);
    const before = storageBytes();
    return measure(() => run(paths), {
      items: paths.length,
      digest: (hashes) => hashes,
      details: () => ({ 'MB read from storage': Math.round((storageBytes() - before) / 1e6) }),
    });
  };
}

/** @param {number} concurrency */
function ours(concurrency) {
  return reading(async ({ library }) => {
    const { ParallelProcessor, operations } = await import(library);
    const processor = new ParallelProcessor(operations.hashFile({ algorithm: 'sha256' }), { concurrency });
    return async (paths) => {
      const { results, errors } = await processor.process(paths);
      if (errors.length > 0) throw errors[0].error;
      return results.map((/** @type {{ hash: string }} */ { hash }) => hash);
    };
  });
}

/** @param {string[]} paths */
function syncLoop(paths) {
  return paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
}

/** Why files cannot be evicted here, or nothing. @param {string[]} paths */
function obstacle(paths) {
  if (process.platform !== 'linux') return 'evicting files from the page cache needs Linux';
  try {
    evict(paths);
    const before = storageBytes();
    syncLoop(paths);
    if (storageBytes() === before) return 'evicted files are still read from memory (tmpfs, or a device that does not count)';
  } catch (error) {
    return `evicting files needs python3 and /proc/self/io: ${/** @type {Error} */ (error).message.split('\n')[0]}`;
  }
  return null;
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'cold-read/sha256',
    describe: '20000 files of 3.5 kB evicted from the page cache (quick: 5000), SHA-256',
    unit: 'file',
    informational: true,
    reference: 'ours, 1 in flight',
    pairs: 7,
    prepare({ quick }) {
      const { paths } = smallFiles(quick ? 5_000 : 20_000);
      const skip = obstacle(paths.slice(0, 100));
      return skip === null ? { paths, warmUpPaths: paths.slice(0, 100) } : { skip };
    },
    contenders: {
      ours: { note: '32 in flight', run: ours(32) },
      'ours, 1 in flight': ours(1),
      'ours, 8 in flight': ours(8),
      'sync loop': reading(async () => syncLoop),
    },
  },
];
