// The public type tests (*.test-d.ts) compile under every module resolution that users have.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

it.each(['tsconfig.json', 'tsconfig.nodenext.json', 'tsconfig.bundler.json'])('%s', (config) => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, config)], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
