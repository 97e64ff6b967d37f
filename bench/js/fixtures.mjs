// Files to measure with: generated once from a seed below the system's temporary folder, and kept. A fixture's name carries its size and
// version; change the version with the generator.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { seededRandom } from '../harness/random.mjs';

const kRoot = path.join(os.tmpdir(), 'millrace-bench');
const kPoolBytes = 4 * 1024 * 1024;
const kMeanSmallBytes = 3500;
const kFilesPerFolder = 100;

/** @typedef {(directory: string, random: () => number) => void} Generator */

/**
 * @param {string} name
 * @param {number} seed
 * @param {Generator} generate
 * @returns {string} the folder
 */
export function fixture(name, seed, generate) {
  const directory = path.join(kRoot, name);
  if (existsSync(directory)) return directory;
  mkdirSync(kRoot, { recursive: true });
  // Made aside and renamed when complete: an interrupted run, or one beside this, never leaves a fixture in part.
  const unfinished = mkdtempSync(path.join(kRoot, `unfinished-${name}-`));
  generate(unfinished, seededRandom(seed));
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

/**
 * Small files of exponentially distributed size, 3.5 kB on average; every twentieth repeats the content of the one before.
 *
 * @param {number} count
 * @returns {{ directory: string, paths: string[] }}
 */
export function smallFiles(count) {
  const names = Array.from({ length: count }, (_, index) => smallName(index));
  const directory = fixture(`small-${count}-v1`, 1, (target, random) => {
    const pool = randomBytes(random);
    /** @type {Buffer} */
    let content = pool.subarray(0, 0);
    for (const [index, name] of names.entries()) {
      if (index % kFilesPerFolder === 0) mkdirSync(path.join(target, path.dirname(name)));
      if (index % 20 !== 19) content = slice(pool, Math.ceil(-Math.log(1 - random()) * kMeanSmallBytes), random);
      writeFileSync(path.join(target, name), content);
    }
  });
  return { directory, paths: names.map((name) => path.join(directory, name)) };
}

/**
 * Markdown pages of about 4 kB with YAML front matter as people write it; no two alike.
 *
 * @param {number} count
 * @returns {{ directory: string, paths: string[] }}
 */
export function pages(count) {
  const names = Array.from({ length: count }, (_, index) => smallName(index).replace(/\.\w+$|$/, '.md'));
  const directory = fixture(`pages-${count}-v1`, 2, (target, random) => {
    for (const [index, name] of names.entries()) {
      if (index % kFilesPerFolder === 0) mkdirSync(path.join(target, path.dirname(name)));
      writeFileSync(path.join(target, name), page(index, random));
    }
  });
  return { directory, paths: names.map((name) => path.join(directory, name)) };
}

const kWords = 'cache stream worker file record queue batch vector graph index page token thread memory event loop'.split(' ');

/** @param {number} index @param {() => number} random */
function page(index, random) {
  const word = () => kWords[Math.floor(random() * kWords.length)];
  const sentence = (/** @type {number} */ words) => Array.from({ length: words }, word).join(' ');
  const paragraphs = Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? `## ${sentence(4)}\n` : `${sentence(50)}.\n`));
  return `---
title: "Page ${index}: ${sentence(5)}"
date: 2026-0${1 + (index % 9)}-1${index % 10}
draft: ${index % 7 === 0}
weight: ${index}
tags: [${word()}, ${word()}, ${word()}]
authors:
  - name: ${word()} ${word()}
    mail: ${word()}@example.org
  - name: ${word()} ${word()}
summary: >
  ${sentence(20)}
  ${sentence(15)}
related:
  previous: /pages/${index - 1}
  next: /pages/${index + 1}
---
${paragraphs.join('\n')}`;
}

/**
 * @param {number} count
 * @param {number} bytesEach
 * @returns {{ directory: string, paths: string[] }}
 */
export function largeFiles(count, bytesEach) {
  const names = Array.from({ length: count }, (_, index) => `large-${index}.bin`);
  const directory = fixture(`large-${count}x${bytesEach}-v1`, 2, (target, random) => {
    const pool = randomBytes(random);
    for (const name of names) {
      const file = path.join(target, name);
      writeFileSync(file, '');
      for (let written = 0; written < bytesEach;) {
        const part = slice(pool, Math.min(bytesEach - written, kPoolBytes / 2), random);
        writeFileSync(file, part, { flag: 'a' });
        written += part.length;
      }
    }
  });
  return { directory, paths: names.map((name) => path.join(directory, name)) };
}

/**
 * A tree shaped like installed packages: empty files, since walking does not open them.
 *
 * @param {number} packages  each has 10 folders and 100 files
 * @returns {{ directory: string, files: number }}
 */
export function packageTree(packages) {
  const directory = fixture(`tree-${packages}-v2`, 3, (target, random) => {
    for (let index = 0; index < packages; index++) writePackage(path.join(target, `package-${index}`), random);
  });
  return { directory, files: packages * 100 };
}

/** @param {string} directory @param {() => number} random */
function writePackage(directory, random) {
  const folders = [directory];
  for (let index = 0; index < 9; index++) {
    const parent = folders[Math.floor(random() * folders.length)];
    folders.push(path.join(parent, `folder-${index}`));
  }
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (let index = 0; index < 100; index++) {
    const folder = folders[Math.floor(random() * folders.length)];
    const extension = ['js', 'd.ts', 'js.map', 'json', 'md'][Math.floor(random() * 5)];
    // Hidden files are part of real trees, and what walkers disagree about.
    const hidden = index % 25 === 0 ? '.' : '';
    writeFileSync(path.join(folder, `${hidden}module-${index}.${extension}`), '');
  }
}

/** @param {number} index */
function smallName(index) {
  return path.join(`folder-${Math.floor(index / kFilesPerFolder)}`, `file-${index}.txt`);
}

/** @param {() => number} random */
function randomBytes(random) {
  const words = new Uint32Array(kPoolBytes / 4);
  for (let index = 0; index < words.length; index++) words[index] = random() * 2 ** 32;
  return Buffer.from(words.buffer);
}

/** @param {Buffer} pool @param {number} bytes @param {() => number} random */
function slice(pool, bytes, random) {
  const length = Math.min(bytes, pool.length);
  const start = Math.floor(random() * (pool.length - length + 1));
  return pool.subarray(start, start + length);
}
