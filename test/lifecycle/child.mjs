// Runs a script of test/lifecycle/children in a process of its own, under a hard time limit. The
// environment is inherited, so that MILLRACE_ADDON and a preloaded sanitizer reach it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';

// Sanitizers make everything several times slower, stress repeats it. The limit only ends what hangs.
const LIMIT_MS = process.env.MILLRACE_SANITIZER ?? process.env.MILLRACE_STRESS ? 300_000 : 60_000;

/** More work than a process gets done within the limit. */
const ENDLESS_BYTES = 2 ** 43;

const folder = mkdtempSync(join(tmpdir(), 'millrace-lifecycle-'));
writeFileSync(join(folder, 'small'), 'a small file\n');
writeFileSync(join(folder, 'large'), Buffer.alloc(3 << 20, 'large '));
writeFileSync(join(folder, 'endless'), '');
truncateSync(join(folder, 'endless'), ENDLESS_BYTES);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files that children read. */
export const files = { small: join(folder, 'small'), large: join(folder, 'large'), endless: join(folder, 'endless') };

/** Kinds of work (children/work.mjs) that are interrupted, one or two for each way in which native code works. */
const SHORT_KINDS = ['noop', 'hashFile', 'gzip', 'parseJson', 'parseToml', 'walk', 'searchText', 'writeFile', 'similarity', 'endless', 'compute'];
const OTHER_KINDS = [
  'stat', 'readFile', 'hash', 'lz4Compress', 'lz4Decompress', 'zstdCompress', 'zstdDecompress', 'gunzip', 'validateJson', 'markdownToHtml',
  'frontMatter', 'importSpecifiers', 'readText', 'lines', 'detectChanges',
];
export const kinds = process.env.MILLRACE_SHORT === undefined ? [...SHORT_KINDS, ...OTHER_KINDS] : SHORT_KINDS;

/** How often a test repeats what has to go well every time. */
export function rounds(usual, stress) {
  if (process.env.MILLRACE_STRESS !== undefined) return stress;
  return process.env.MILLRACE_SHORT === undefined ? usual : Math.ceil(usual / 5);
}

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout
 * @property {string} stderr
 * @property {boolean} hung whether the time limit ended it
 */

/**
 * @param {string} script a file in children/
 * @param {(string | number)[]} [args]
 * @param {{ execArgv?: string[], env?: Record<string, string>, before?: string, onStdout?: (text: string, pid: number) => void }} [options]
 *   `before`: shell commands that run first, in the process that becomes node
 * @returns {Promise<Ended>}
 */
export function runChild(script, args = [], { execArgv = [], env = {}, before, onStdout } = {}) {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const command = [process.execPath, ...execArgv, path, ...args.map(String)];
  const [file, ...rest] = before === undefined ? command : ['/bin/sh', '-c', `${before}; exec "$@"`, 'sh', ...command];
  const child = spawn(file, rest, {
    env: { ...process.env, NODE_OPTIONS: '', LIFECYCLE_FOLDER: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    let hung = false;
    const limit = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, LIMIT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      onStdout?.(stdout, /** @type {number} */ (child.pid));
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, stdout, stderr, hung });
    });
  });
}

/**
 * The child ended in this way and no other.
 * @param {Ended} ended
 * @param {{ code?: number | null, signal?: string | null, stdout?: string }} expected
 */
export function expectEnd(ended, { code = 0, signal = null, stdout }) {
  const seen = { code: ended.code, signal: ended.signal, hung: ended.hung, stdout: stdout === undefined ? undefined : ended.stdout };
  expect(seen, ended.stderr.slice(-4000)).toEqual({ code, signal, hung: false, stdout });
}
