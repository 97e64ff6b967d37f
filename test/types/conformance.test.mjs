// lib/ against types/, and the addon against types/native.d.ts. conformance-fixture.test.mjs shows
// that each kind of difference is found.
import { readFileSync, writeFileSync, cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareAddonWithTypes, compareLibWithTypes } from './conformance.mjs';

const root = join(import.meta.dirname, '..', '..');
const work = join(root, 'build', 'conformance');
const require = createRequire(import.meta.url);

it('lib/ does what types/ declares', () => {
  expect(compareLibWithTypes({ root, work })).toEqual([]);
});

it('the addon has what types/native.d.ts declares', () => {
  const addon = require(process.env.MILLRACE_ADDON ?? join(root, 'build', 'addon', 'millrace.node'));
  expect(compareAddonWithTypes(addon, join(root, 'types', 'native.d.ts'))).toEqual([]);
});

it('a declared member that does not exist is found in the real types', () => {
  const changed = join(root, 'build', 'conformance-changed');
  rmSync(changed, { recursive: true, force: true });
  cpSync(join(root, 'types'), changed, { recursive: true });
  const name = 'parallel-processor.d.ts';
  const file = join(changed, name);
  const text = readFileSync(file, 'utf8');
  const broken = text.replace(/(export (?:declare )?class ParallelProcessor\b[^{]*\{)/, '$1\n  neverWritten(): void;');
  expect(broken).not.toBe(text);
  writeFileSync(file, broken);
  expect(compareLibWithTypes({ root, types: changed, work: join(root, 'build', 'conformance-of-changed') }).join('\n'))
    .toContain('ParallelProcessor.neverWritten is declared in types/ but not in lib/');
});
