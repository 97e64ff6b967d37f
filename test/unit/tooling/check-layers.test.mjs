import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLayers } from '../../../scripts/check-layers.mjs';

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-layers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {Record<string, string>} files */
function violationsOf(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkLayers(root);
}

describe('what the house allows', () => {
  it.each([
    ['a room includes a lower room', { 'native/io/file.cc': '#include "io/file.h"\n#include "base/bytes.h"\n#include <vector>\n' }],
    ['binding includes napi.h through its own header', { 'native/binding/env.cc': '#include "binding/napi.h"\n#include "executor/task.h"\n' }],
    ['binding/napi.h includes Node-API', { 'native/binding/napi.h': '#include <napi.h>\n' }],
    ['comments name anything', { 'native/base/a.h': '// #include <napi.h>\n/*\n#include "cache/shard.h"\n*/\n' }],
    ['index imports every engine', { 'lib/index.js': "export * from './parallel-processor.js';\nexport * from './smart-cache.js';\n" }],
    ['an engine imports its own folder', { 'lib/parallel-processor.js': "import { x } from './parallel/window.js';\n" }],
    ['an engine imports the worker pool and operations', {
      'lib/parallel/placement.js': "import '../worker/pool.js';\nimport { operations } from '../operations/index.js';\n",
    }],
    ['the loader names the addon', { 'lib/native.js': "const file = 'millrace.node';\n" }],
    ['a worker file by URL', { 'lib/worker/pool.js': "new Worker(new URL('./entry.js', import.meta.url));\n" }],
    ['types come from types/', { 'lib/options.js': "/** @typedef {import('../types/index.js').Options} Options */\n" }],
  ])('%s', (_name, files) => {
    expect(violationsOf(/** @type {Record<string, string>} */ (files))).toEqual([]);
  });
});

describe('what it refuses, with file and line', () => {
  it.each([
    ['a lower room includes a higher one', 'native/base/a.h', '#pragma once\n#include "executor/task.h"\n', ':2: base may not include executor'],
    ['graph includes stream', 'native/graph/a.h', '#include "stream/channel.h"\n', ':1: graph may not include stream'],
    ['cache includes executor', 'native/cache/a.cc', '#include "executor/task.h"\n', 'cache may not include executor'],
    ['kernels include metrics', 'native/kernels/a.cc', '#  include  "metrics/counter.h"\n', 'kernels may not include metrics'],
    ['the core includes binding', 'native/operations/a.cc', '#include "binding/env.h"\n', 'operations may not include binding'],
    ['a Node header outside binding', 'native/io/a.cc', '\n#include <uv.h>\n', ':2: uv.h is a Node header'],
    ['a quoted Node header', 'native/io/a.cc', '#include "node_api.h"\n', 'node_api.h is a Node header'],
    ['binding/napi.h outside binding', 'native/io/a.cc', '#include "binding/napi.h"\n', 'io may not include binding'],
    ['a second inclusion site of Node-API', 'native/binding/env.cc', '#include <napi.h>\n', 'is included by binding/napi.h alone'],
    ['a Node header in a native test', 'test/native/io/a_test.cc', '#include <node_api.h>\n', 'is a Node header'],
    ['binding in a native test', 'test/native/io/a_test.cc', '#include "binding/env.h"\n', 'may not include binding'],
    ['a relative include', 'native/io/a.cc', '#include "../base/bytes.h"\n', 'is relative'],
    ['an unknown room', 'native/helpers/a.h', '#pragma once\n', 'native/helpers is not a room'],
    ['an engine imports an engine', 'lib/parallel-processor.js', "\nimport { SmartCache } from './smart-cache.js';\n", ':2: the engine parallel-processor may not import the engine smart-cache'],
    ['an engine imports the inside of another', 'lib/stream/channel.js', "const x = await import('../parallel/window.js');\n", 'the engine stream-processor may not import the engine parallel-processor'],
    ['an engine re-exports an engine', 'lib/cache/a.js', "export { x } from '../parallel-processor.js';\n", 'may not import the engine'],
    ['a shared file imports an engine', 'lib/options.js', "import './smart-cache.js';\n", 'only lib/index.js may'],
    ['another engine imports operations', 'lib/cache/a.js', "import { operations } from '../operations/index.js';\n", 'may not import lib/operations/'],
    ['a second file names the addon', 'lib/index.js', "require('../build/addon/millrace.node');\n", 'only lib/native.js names a .node file'],
    ['lib imports a script', 'lib/index.js', "import '../scripts/build.mjs';\n", 'lib imports only from lib'],
  ])('%s', (_name, path, text, message) => {
    const violations = violationsOf({ [path]: text });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(message);
    expect(violations[0]).toContain(path);
  });

  it('exits with 1 and prints the place', () => {
    mkdirSync(join(root, 'native/base'), { recursive: true });
    writeFileSync(join(root, 'native/base/a.h'), '#include "cache/shard.h"\n');
    const script = join(import.meta.dirname, '../../../scripts/check-layers.mjs');
    const child = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
    expect(child.stderr).toContain('native/base/a.h:1: base may not include cache');
    expect(child.status).toBe(1);
  });
});

it('this checkout obeys its own rules', () => {
  expect(checkLayers(join(import.meta.dirname, '../../..'))).toEqual([]);
});
