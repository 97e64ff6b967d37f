// A folder for the files of one test file, and processors that are closed after their test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A fresh folder, removed when the tests of the file have run. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-operations-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    path: (name) => join(folder, name),
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

export function opened(processor) {
  onTestFinished(() => processor.close());
  return processor;
}

export const range = (count, from = 0) => Array.from({ length: count }, (_, k) => from + k);
