// User code inside a delivery may throw, close, abort or start anew; nothing awaited is left pending.
import { test } from 'vitest';
import { expectEnd, runChild } from './child.mjs';

test.each([
  ['a progressCallback that throws rejects the call with that value', 'progressThrows', 'true, 5000'],
  ['and the next call of the same instance', 'progressThrowsTwice', 'true, true'],
  ['a result that cannot be decoded rejects the call', 'decodeThrows', 'true, true'],
  ['a retryIf that throws rejects the call', 'retryIfThrows', 'true'],
  ['close() from within a callback finishes the call', 'closesInside', '5000, ERR_CLOSED'],
  ['process() from within a callback', 'processesInside', '5000, 5000'],
  ['aborting from within a callback', 'abortsInside', 'true'],
  ['values that are no bytes fail by themselves', 'wrongTypes', '3, 1T2T3T4T5T6T7T'],
  ['a path that contains NUL fails by itself', 'nulInPath', '2, ERR_INVALID_PATH'],
  ['an exception beside a delivery loses no result', 'uncaughtHandled', '3, 3'],
  ['two copies of the library in one isolate', 'twoCopies', '2, 3'],
])('%s', async (_name, scenario, stdout) => {
  expectEnd(await runChild('callbacks.mjs', [scenario]), { stdout: `${stdout}\n` });
});
