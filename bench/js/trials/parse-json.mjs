// A few values out of JSON: many documents as a web service returns them, and one of 50 MB.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fixture } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

const kDocumentBytes = 20_000;
const kMegabyte = 1024 * 1024;
const kWords = 'cache stream worker file record queue batch vector graph index page token thread memory event loop'.split(' ');
const kSelect = { total: '/meta/total', city: '/items/7/address/city', code: '/status/code' };

/** @typedef {{ total: number, city: string, code: number }} Picked */

/** @param {number} id @param {() => number} random */
function item(id, random) {
  const word = () => kWords[Math.floor(random() * kWords.length)];
  const words = (/** @type {number} */ count) => Array.from({ length: count }, word).join(' ');
  return {
    id,
    name: words(3),
    active: random() < 0.5,
    parent: id % 5 === 0 ? null : Math.floor(random() * id),
    price: Math.round(random() * 100_000) / 100,
    tags: [word(), word(), word()],
    address: { street: `${words(2)} ${id % 100}`, city: id % 7 === 0 ? 'Köln' : word(), geo: [random() * 180 - 90, random() * 360 - 180] },
    text: `${words(12)}, "${word()}",\n${words(12)}`,
    updated: new Date(1.7e12 + id * 1000).toISOString(),
  };
}

/** @param {number} bytes @param {number} seed @param {() => number} random */
function document(bytes, seed, random) {
  const items = [];
  for (let length = 0; length < bytes; length += JSON.stringify(items.at(-1)).length + 1) items.push(item(items.length + seed, random));
  return JSON.stringify({ meta: { page: seed, total: items.length * 100 }, items, status: { code: 200, message: 'ok' } });
}

/** A line is a document. @param {number} count */
function documentsFile(count) {
  const folder = fixture(`json-${count}-v1`, 11, (target, random) => {
    const lines = Array.from({ length: count }, (_, k) => document(kDocumentBytes, k, random));
    writeFileSync(path.join(target, 'documents'), lines.join('\n'));
  });
  return path.join(folder, 'documents');
}

/** The same documents, a file each. @param {number} count */
function documentFiles(count) {
  const names = Array.from({ length: count }, (_, k) => `${k}.json`);
  const folder = fixture(`json-files-${count}-v1`, 11, (target, random) => {
    for (const [k, name] of names.entries()) writeFileSync(path.join(target, name), document(kDocumentBytes, k, random));
  });
  return names.map((name) => path.join(folder, name));
}

/** @param {number} megabytes */
function largeFile(megabytes) {
  const folder = fixture(`json-large-${megabytes}-v1`, 12, (target, random) => {
    writeFileSync(path.join(target, 'document.json'), document(megabytes * kMegabyte, 0, random));
  });
  return path.join(folder, 'document.json');
}

/** @param {any} value @returns {Picked} */
function pick(value) {
  return { total: value.meta.total, city: value.items[7].address.city, code: value.status.code };
}

/**
 * @template T
 * @param {(file: any) => T[]} read the documents
 * @param {(context: any) => Promise<(documents: T[]) => Picked[] | Promise<Picked[]>>} load
 */
function picking(read, load) {
  return async (/** @type {any} */ context) => {
    const documents = read(context.fixture.file);
    const run = await load(context);
    return measure(() => run(documents), {
      items: documents.length,
      warmUp: () => (documents.length > 1 ? run(documents.slice(0, 100)) : undefined),
      digest: (picked) => picked,
    });
  };
}

const buffers = (/** @type {string} */ file) => readFileSync(file, 'utf8').split('\n').map((text) => Buffer.from(text));
const strings = (/** @type {string} */ file) => buffers(file).map((bytes) => bytes.toString());
const whole = (/** @type {string} */ file) => [readFileSync(file)];

/** @param {'full' | 'touched'} validate @param {boolean} [fromFiles] */
function ours(validate, fromFiles = false) {
  return async (/** @type {any} */ { library }) => {
    const { operations, pipe } = await import(library);
    const parsing = operations.parseJson({ select: kSelect, validate });
    const operation = fromFiles ? pipe(operations.readFile(), parsing) : parsing;
    return async (/** @type {(string | Buffer)[]} */ documents) => {
      const { results, errors } = await operation.runAll(documents);
      if (errors.length > 0) throw errors[0].error;
      return results;
    };
  };
}

const paths = (/** @type {string[]} */ files) => files;

const readAndParseEach = async () => (/** @type {any[]} */ files) => files.map((file) => pick(JSON.parse(readFileSync(file, 'utf8'))));

const parseEach = async () => (/** @type {any[]} */ documents) => documents.map((text) => pick(JSON.parse(text)));

/** Tokens of what is not on the way to a picked value are left out before anything is built. @param {any} context */
async function streamJson({ peer }) {
  const { default: filter } = await peer('stream-json/filters/filter.js');
  const { default: Assembler } = await peer('stream-json/assembler.js');
  const wanted = /^(?:meta(?:\.total)?|items(?:\.7(?:\.address(?:\.city)?)?)?|status(?:\.code)?)$/;
  return async (/** @type {Buffer[]} */ documents) => {
    const picked = [];
    for (const bytes of documents) {
      const tokens = filter.withParserAsStream({ filter: (/** @type {(string | number | null)[]} */ stack) => wanted.test(stack.join('.')), streamValues: false });
      const assembler = Assembler.connectTo(Readable.from(chunks(bytes)).pipe(tokens));
      const value = await new Promise((resolve, reject) => {
        tokens.on('error', reject);
        tokens.on('end', () => resolve(assembler.current));
      });
      picked.push({ total: value.meta.total, city: value.items.at(-1).address.city, code: value.status.code });
    }
    return picked;
  };
}

/** @param {Buffer} bytes */
function* chunks(bytes) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'parse-json/documents',
    describe: '2000 documents of 20 kB in Buffers (quick: 500), 3 values of each',
    unit: 'document',
    prepare: ({ quick }) => ({ file: documentsFile(quick ? 500 : 2000) }),
    contenders: {
      ours: picking(buffers, ours('full')),
      'ours, validate touched': picking(buffers, ours('touched')),
      'JSON.parse': picking(buffers, parseEach),
    },
  },
  {
    name: 'parse-json/files',
    describe: '2000 files of 20 kB (quick: 500), warm, read and 3 values of each',
    unit: 'file',
    prepare: ({ quick }) => ({ file: documentFiles(quick ? 500 : 2000) }),
    contenders: {
      ours: picking(paths, ours('full', true)),
      'ours, validate touched': picking(paths, ours('touched', true)),
      'JSON.parse, sync loop': picking(paths, readAndParseEach),
    },
  },
  {
    name: 'parse-json/strings',
    describe: '2000 documents of 20 kB in strings (quick: 500), 3 values of each',
    unit: 'document',
    prepare: ({ quick }) => ({ file: documentsFile(quick ? 500 : 2000) }),
    contenders: {
      ours: picking(strings, ours('full')),
      'ours, validate touched': picking(strings, ours('touched')),
      'JSON.parse': picking(strings, parseEach),
    },
  },
  {
    name: 'parse-json/large',
    describe: 'one document of 50 MB (quick: 10), 3 values of it',
    unit: 'document',
    pairs: 7,
    prepare: ({ quick }) => ({ file: largeFile(quick ? 10 : 50) }),
    contenders: {
      ours: picking(whole, ours('full')),
      'ours, validate touched': picking(whole, ours('touched')),
      'JSON.parse': picking(whole, parseEach),
      'stream-json': { packages: ['stream-json'], note: 'a filter and an assembler', run: picking(whole, streamJson) },
    },
  },
];
