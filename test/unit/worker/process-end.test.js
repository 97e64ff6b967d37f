// When a process with a pool ends: each case in a process of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../fixtures/worker/program.js', import.meta.url));

test.each([
  ['idle', 0, 'an idle pool does not keep the process alive'],
  ['busy', 0, 'a busy pool does'],
  ['restart', 0, 'so does one whose worker is being replaced'],
  ['loop-exit', 5, 'process.exit() ends it while workers loop'],
  ['start-exit', 5, 'process.exit() ends it while workers start'],
  ['closed', 0, 'a closed pool does not keep the process alive'],
])('%s: %s', (what, status) => {
  const result = spawnSync(process.execPath, [program, what], { encoding: 'utf8', timeout: 20_000 });
  expect({ status: result.status, stdout: result.stdout, stderr: result.stderr }).toEqual({ status, stdout: 'done', stderr: '' });
}, 30_000);
