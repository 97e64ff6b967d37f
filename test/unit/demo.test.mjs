// The demo as a person runs it: a child process, its output, its exit code.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const kDemo = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url));
const kPlainEnvironment = { ...process.env, NO_COLOR: '1' };

/** @type {string} */
let directory;

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'millrace-demo-'));
  mkdirSync(path.join(directory, 'a/b'), { recursive: true });
  writeFileSync(path.join(directory, 'a/one.txt'), 'same content');
  writeFileSync(path.join(directory, 'a/b/two.txt'), 'same content');
  linkSync(path.join(directory, 'a/one.txt'), path.join(directory, 'a/linked.txt'));
  writeFileSync(path.join(directory, 'other.txt'), 'Same content');
  mkdirSync(path.join(directory, '.hidden'));
  writeFileSync(path.join(directory, '.hidden/.file'), 'hidden');
  writeFileSync(path.join(directory, 'empty-1'), '');
  writeFileSync(path.join(directory, 'empty-2'), '');
  symlinkSync(path.join(directory, 'other.txt'), path.join(directory, 'symbolic'));
  symlinkSync(directory, path.join(directory, 'a/loop'));
  // Enough for the naive class to lose some: its batches are of 50 and its window is 8.
  mkdirSync(path.join(directory, 'many'));
  for (let index = 0; index < 100; index++) writeFileSync(path.join(directory, `many/${index}`), `content ${index}`);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string[]} args */
function demo(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [kDemo, ...args], {
    encoding: 'utf8',
    env: kPlainEnvironment,
  });
  return { status, stdout, stderr };
}

describe('a tree with duplicates', () => {
  it('counts files, bytes and duplicates; hard links waste nothing, symbolic links and empty files do not count', () => {
    const { status, stdout } = demo(directory, '--no-compare', '--json');
    const summary = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(summary).toMatchObject({ directory, algorithm: 'sha256', files: 107, failed: [], comparison: null });
    expect(summary.bytes).toBe(4 * 12 + 6 + 10 * 9 + 90 * 10);
    expect(summary.duplicates).toMatchObject({ groups: 1, files: 3, wastedBytes: 12 });
    expect(summary.duplicates.largest[0].paths.map((/** @type {string} */ name) => path.relative(directory, name)).sort())
      .toEqual(['a/b/two.txt', 'a/linked.txt', 'a/one.txt']);
  });

  it('does the same job three other ways, agrees with them, and says what the naive class lost', () => {
    const { status, stdout } = demo(directory, '--json');
    const { comparison, unseen } = JSON.parse(stdout);
    const by = Object.fromEntries(comparison.map((/** @type {any} */ entry) => [entry.contender, entry]));
    expect(status).toBe(0);
    for (const name of ['millrace', 'repaired', 'sync']) {
      expect(by[name]).toMatchObject({ files: 107, lost: 0, differing: 0 });
    }
    expect(by.naive.lost).toBe(107 - 8 - 8 - 7);
    expect(by.naive.differing).toBe(0);
    expect(unseen).toEqual([]);
    expect(by.sync.ratio).toBeGreaterThan(0);
  });

  it('prints plain lines and a table when nobody watches on a terminal', () => {
    const { status, stdout, stderr } = demo(directory, '--algorithm', 'md5');
    expect(status).toBe(0);
    expect(stdout).toMatch(/files\s+107/);
    expect(stdout).toMatch(/duplicates\s+3 files in 1 groups/);
    expect(stdout).toMatch(/wasted\s+12 B/);
    expect(stdout).toContain('naive class, as written');
    expect(stdout).toContain('without a word');
    expect(stdout).toContain('All agree on the digest');
    expect(stderr).toContain('100 % (107 of 107 files)');
    expect(stdout + stderr).not.toContain('\x1b');
  });

  it('hashes what the other tools would', () => {
    const { stdout } = demo(directory, '--json', '--no-compare', '--algorithm', 'sha1');
    expect(JSON.parse(stdout).algorithm).toBe('sha1');
    expect(createHash('sha1').update('same content').digest('hex')).toHaveLength(40);
  });

  it('takes an empty directory', () => {
    const empty = mkdtempSync(path.join(directory, 'none-'));
    const { status, stdout } = demo(empty, '--json', '--no-compare');
    rmSync(empty, { recursive: true });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: 0, bytes: 0, duplicates: { groups: 0 } });
  });
});

describe('what cannot be read', () => {
  // A path longer than the system takes: unreadable for everybody, root included.
  const kDescend = 'name=$(printf "%0200d" 0); for step in $(seq 25); do mkdir "$name" && cd "$name" || exit 1; done; echo x > deep';

  it.runIf(process.platform !== 'win32')('is counted and listed, and is not fatal', () => {
    const place = mkdtempSync(path.join(os.tmpdir(), 'millrace-demo-'));
    writeFileSync(path.join(place, 'fine'), 'x');
    expect(spawnSync('bash', ['-c', kDescend], { cwd: place }).status).toBe(0);
    const { status, stdout } = demo(place, '--no-compare');
    spawnSync('rm', ['-rf', place]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/files\s+1\n/);
    expect(stdout).toMatch(/unreadable\s+1\n/);
    expect(stdout).toContain(`ENAMETOOLONG  ${place}`);
  });
});

describe('misuse', () => {
  it.each([
    ['a directory that does not exist', ['/does/not/exist'], '/does/not/exist does not exist'],
    ['a file', [kDemo], 'is not a directory'],
    ['an empty name', [''], 'empty string'],
    ['two directories', ['/tmp', '/var'], 'expected one directory'],
    ['an unknown option', ['--fast'], "Unknown option '--fast'"],
    ['an unknown algorithm', ['--algorithm', 'crc32'], 'received "crc32"'],
  ])('%s: a clear line, no stack, exit code 2', (_name, args, message) => {
    const { status, stdout, stderr } = demo(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });

  it('explains itself', () => {
    const { status, stdout } = demo('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--no-compare');
  });
});

describe('cancellation', () => {
  // A signal is sent as soon as the demo says that it has begun, so that nothing depends on its speed.
  /** @param {NodeJS.Signals} signal */
  const cancelled = (signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [kDemo, directory], { env: kPlainEnvironment, detached: true });
      let [stdout, stderr] = ['', ''];
      let sent = false;
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
        if (!sent && stderr.includes('found ')) {
          sent = true;
          child.kill(signal);
        }
      });
      child.on('error', reject);
      child.on('close', (status, killedBy) => {
        // The group is the demo and all it has started: with none of it left, signal 0 has nowhere to go.
        let orphans = true;
        try {
          process.kill(-Number(child.pid), 0);
        } catch {
          orphans = false;
        }
        resolve({ status, killedBy, stdout, stderr, orphans });
      });
    });

  it.runIf(process.platform !== 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s: exit code %i, a message, nothing left running', async (signal, code) => {
    const result = await cancelled(/** @type {NodeJS.Signals} */ (signal));
    expect(result).toMatchObject({ status: code, killedBy: null, orphans: false });
    expect(result.stderr).toContain(`cancelled (${signal})`);
  });
});
