// Writing many small files atomically: a temporary file each, renamed; with and without fsync. They are new, because ext4 writes the content
// out when an existing file is replaced (auto_da_alloc). Where many files have been deleted shortly before, ext4 searches for an inode
// (recently_deleted), and all contenders wait for that alike.

import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { measure } from '../measure.mjs';

const kInFlight = 64;
const kBytes = 4096;

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ path: string, data: Buffer }} Item */

/** @param {string} target */
const temporaryBeside = (target) => `${target}.${randomBytes(8).toString('hex')}`;

/** @param {Item[]} items @param {(item: Item) => Promise<unknown>} write */
async function window(items, write) {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await write(item);
  };
  await Promise.all(Array.from({ length: kInFlight }, lane));
}

/** @param {boolean} fsync @param {Item} item */
async function byPromises(fsync, { path: target, data }) {
  const temporary = temporaryBeside(target);
  const file = await open(temporary, 'wx');
  await file.writeFile(data);
  if (fsync) await file.sync();
  await file.close();
  await rename(temporary, target);
}

/** @param {Item} item */
function bySync({ path: target, data }) {
  const temporary = temporaryBeside(target);
  const file = openSync(temporary, 'wx');
  writeSync(file, data);
  closeSync(file);
  renameSync(temporary, target);
}

/** @param {(context: Context) => Promise<(items: Item[]) => unknown>} load */
function writing(load) {
  return async (/** @type {Context} */ context) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-write-'));
    try {
      const filesIn = (/** @type {string} */ name) => {
        mkdirSync(path.join(folder, name));
        return Array.from({ length: context.fixture.count }, (_, k) => ({ path: path.join(folder, name, `${k}`), data: Buffer.alloc(kBytes, `${k} `) }));
      };
      const [warmUp, items] = [filesIn('warm-up'), filesIn('files')];
      const write = await load(context);
      return await measure(async () => write(items), {
        items: items.length,
        warmUp: () => write(warmUp),
        digest: () => items.map((item) => readFileSync(item.path).equals(item.data)),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** @param {'none' | 'file'} fsync */
function ours(fsync) {
  return writing(async ({ library }) => {
    const { operations } = await import(library);
    const operation = operations.writeFile({ fsync });
    return async (items) => {
      const { errors } = await operation.runAll(items);
      if (errors.length > 0) throw errors[0].error;
    };
  });
}

/** @param {boolean} fsync */
function peers(fsync) {
  return {
    'write-file-atomic': {
      packages: ['write-file-atomic'],
      note: '64 in flight',
      run: writing(async ({ peer }) => {
        const { default: writeFileAtomic } = await peer('write-file-atomic');
        return (items) => window(items, (item) => writeFileAtomic(item.path, item.data, { fsync }));
      }),
    },
    '64 async fs.promises': writing(async () => (items) => window(items, (item) => byPromises(fsync, item))),
  };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'write-files/no-fsync',
    describe: '5000 new files of 4 kB (quick: 1000), no fsync',
    unit: 'file',
    prepare: ({ quick }) => ({ count: quick ? 1000 : 5000 }),
    contenders: { ours: ours('none'), ...peers(false), 'sync loop': writing(async () => (items) => items.forEach(bySync)) },
  },
  {
    name: 'write-files/fsync',
    describe: '500 new files of 4 kB (quick: 100), each synced before it gets its name',
    unit: 'file',
    pairs: 9,
    prepare: ({ quick }) => ({ count: quick ? 100 : 500 }),
    contenders: { ours: ours('file'), ...peers(true) },
  },
];
