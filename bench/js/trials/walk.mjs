// Listing every file of a warm tree.

import { readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { packageTree } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

/** @typedef {import('../../harness/trials.mjs').Context} Context */

/**
 * @param {(context: Context) => Promise<(directory: string) => string[] | Promise<string[]>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function walking(load) {
  return async (context) => {
    const { directory, warmUpDirectory, entries } = context.fixture;
    const run = await load(context);
    return measure(() => run(directory), {
      items: entries,
      warmUp: () => run(warmUpDirectory),
      digest: (files) => digestOf(files, directory),
    });
  };
}

/** Order and absolute or relative are the walker's own business. @param {string[]} files @param {string} directory */
function digestOf(files, directory) {
  const names = files.map((file) => path.relative(directory, path.resolve(directory, file))).sort();
  return { files: names.length, names: createHash('sha256').update(names.join('\n')).digest('hex') };
}

/** @param {string} directory */
function handWritten(directory) {
  /** @type {string[]} */
  const files = [];
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(full);
      else files.push(full);
    }
  }
  return files;
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'walk/warm',
    describe: 'all files of a warm tree of 66000 entries (quick: 11000), as full paths',
    unit: 'entry',
    reference: 'readdirSync',
    prepare({ quick }) {
      const packages = quick ? 100 : 600;
      const { directory } = packageTree(packages);
      // Both walks leave the tree warm, whatever was in the page cache before.
      handWritten(directory);
      return { directory, warmUpDirectory: path.join(directory, 'package-0'), entries: packages * 110 };
    },
    contenders: {
      ours: walking(async ({ library }) => {
        const { operations } = await import(library);
        const walk = operations.walk({ dot: true });
        return async (directory) => (await walk.run(directory)).paths;
      }),
      readdirSync: { note: 'hand-written loop, withFileTypes', run: walking(async () => handWritten) },
      fdir: {
        packages: ['fdir'],
        note: 'sync, its faster mode on a warm tree',
        run: walking(async ({ peer }) => {
          const { fdir: Fdir } = await peer('fdir');
          return (directory) => new Fdir().withFullPaths().crawl(directory).sync();
        }),
      },
      'fdir, async': {
        packages: ['fdir'],
        run: walking(async ({ peer }) => {
          const { fdir: Fdir } = await peer('fdir');
          return (directory) => new Fdir().withFullPaths().crawl(directory).withPromise();
        }),
      },
      'fast-glob': {
        packages: ['fast-glob'],
        note: '"**", dot files included, async',
        run: walking(async ({ peer }) => {
          const { default: glob } = await peer('fast-glob');
          return (directory) => glob('**', { cwd: directory, dot: true, absolute: true });
        }),
      },
      'fast-glob, sync': {
        packages: ['fast-glob'],
        run: walking(async ({ peer }) => {
          const { default: glob } = await peer('fast-glob');
          return (directory) => glob.sync('**', { cwd: directory, dot: true, absolute: true });
        }),
      },
    },
  },
];
