// The packages Millrace is measured against. This file is in bench/js so that they resolve from its own node_modules.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../harness/options.mjs';

const kFolder = fileURLToPath(new URL('./', import.meta.url));
const kRemedy = 'npm ci --prefix bench/js';

/** @param {string} name @returns {string | null} */
export function peerVersion(name) {
  const manifest = path.join(kFolder, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : null;
}

/**
 * The module namespace of a peer: a CommonJS one has its exports under `default`.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export function loadPeer(name) {
  return import(name);
}

/**
 * @param {readonly string[]} names
 * @param {boolean} install
 */
export function requirePeers(names, install) {
  const missing = names.filter((name) => peerVersion(name) === null);
  if (missing.length === 0) return;
  if (!install) {
    throw new CommandError(
      `The packages to compare with are missing (${missing.join(', ')}).\nRun \`${kRemedy}\`, or add --install.`,
    );
  }
  const { status } = spawnSync('npm', ['ci', '--prefix', kFolder, '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new CommandError(`\`${kRemedy}\` failed with exit code ${status}`);
}
