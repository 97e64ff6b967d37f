// Garbage collection: an instance that is dropped finishes what it has begun and is then released.
import { test } from 'vitest';
import { expectEnd, rounds, runChild } from './child.mjs';

// AddressSanitizer keeps what was freed in quarantine, and it would count as resident.
const asan = process.env.ASAN_OPTIONS;
const env = asan === undefined ? {} : { ASAN_OPTIONS: `${asan}:quarantine_size_mb=0` };

test.each([
  ['an instance dropped while busy finishes its call, then releases its lane', 'droppedBusy', 'true, 100'],
  ['an idle instance that is dropped releases its lane', 'droppedIdle', 'true'],
  ['a stream that is left early releases its lane', 'droppedStream', 'released'],
  ['close() releases the lane at once', 'closedLane', 'false'],
  ['run() releases its lane after success, failure and abort', 'runLane', 'false,false,false'],
  ['blocks outlive their instance and are freed with their last holder', 'results', 'freed'],
])('%s', async (_name, scenario, stdout) => {
  expectEnd(await runChild('gc.mjs', [scenario], { execArgv: ['--expose-gc'], env }), { stdout: `${stdout}\n` });
});

test.each(['cycles', 'droppedCycles'])('memory is stable over many %s', async (scenario) => {
  const cycles = rounds(2_000, 10_000);
  // A small young generation, so that its growth does not drown that of what leaks.
  const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
  expectEnd(await runChild('gc.mjs', [scenario, cycles], { execArgv, env }), { stdout: 'stable\n' });
});
