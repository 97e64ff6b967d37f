/** Imports a peer from bench/js/node_modules, or from the directory named by MILLRACE_PEERS. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const base = process.env.MILLRACE_PEERS
  ? path.resolve(process.env.MILLRACE_PEERS, 'package.json')
  : new URL('../package.json', import.meta.url);

/** @param {string} name @returns {Promise<any>} */
export async function importPeer(name) {
  return import(pathToFileURL(createRequire(base).resolve(name)).href);
}
