import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { workerTask } from '../../../lib/worker/worker-task.js';
import { transfer } from '../../../lib/worker/transfer.js';

const url = new URL('./x.js', import.meta.url);

test('defaults, and null as default', () => {
  const expected = { href: url.href, exportName: 'default', rerun: true, crashRetries: 1, transfer: null };
  expect(workerTask(url)).toMatchObject(expected);
  expect(workerTask(url, null)).toMatchObject(expected);
  const nulls = { export: null, workers: null, resourceLimits: null, env: null, execArgv: null, argv: null, transfer: null, rerun: null, crashRetries: null };
  expect(workerTask(url, nulls)).toMatchObject(expected);
  expect(Object.isFrozen(workerTask(url))).toBe(true);
});

test('workers: by default the concurrency, at most one for each core', () => {
  expect(workerTask(url).workerCount(1)).toBe(1);
  expect(workerTask(url).workerCount(1000)).toBe(availableParallelism());
  expect(workerTask(url, { workers: 7 }).workerCount(2)).toBe(7);
});

test('url: a URL, its text, or an absolute path', () => {
  expect(workerTask(url.href).href).toBe(url.href);
  expect(workerTask('/a b/c.js').href).toBe('file:///a%20b/c.js');
  expect(workerTask('data:text/javascript,1').href).toBe('data:text/javascript,1');
});

test.each([
  [undefined, TypeError, /"url" must be .* Received undefined/],
  [5, TypeError, /"url"/],
  ['./relative.js', RangeError, /"url" must be .*absolute path.* Received '\.\/relative\.js'/],
  ['https://example.org/x.js', RangeError, /"url"/],
])('url %s is refused', (value, Class, message) => {
  expect(() => workerTask(value)).toThrow(Class);
  expect(() => workerTask(value)).toThrow(message);
});

test.each([
  ['export', 5, TypeError],
  ['export', '', RangeError],
  ['workers', 0, RangeError],
  ['workers', 1.5, RangeError],
  ['workers', NaN, RangeError],
  ['workers', '2', TypeError],
  ['resourceLimits', 5, TypeError],
  ['resourceLimits', { maxOldGenerationSizeMb: -1 }, RangeError],
  ['resourceLimits', { maxOldGenerationSizeMb: '64' }, TypeError],
  ['resourceLimits', { heap: 5 }, RangeError],
  ['env', 'PATH', TypeError],
  ['execArgv', '--import', TypeError],
  ['execArgv', ['--import', 5], TypeError],
  ['argv', {}, TypeError],
  ['transfer', [], TypeError],
  ['rerun', 1, TypeError],
  ['crashRetries', -1, RangeError],
  ['crashRetries', Infinity, RangeError],
])('%s: %j is refused by name', (name, value, Class) => {
  expect(() => workerTask(url, { [name]: value })).toThrow(Class);
  expect(() => workerTask(url, { [name]: value })).toThrow(new RegExp(`"${name}.*" must be .* Received `));
});

test('options must be an object', () => {
  expect(() => workerTask(url, 'double')).toThrow(/"options" must be an object. Received 'double'/);
});

test('transfer() refuses a list that is none', () => {
  expect(() => transfer({}, new ArrayBuffer(1))).toThrow(TypeError);
});
