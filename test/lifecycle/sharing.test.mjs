// Instances share the threads: none keeps them for as long as it has work.
import { test } from 'vitest';
import { expectEnd, runChild } from './child.mjs';

test('a short call is served between the items of a long one', async () => {
  expectEnd(await runChild('sharing.mjs', [], { env: { MILLRACE_WORKERS: '1' } }), { stdout: 'in between\n' });
});
