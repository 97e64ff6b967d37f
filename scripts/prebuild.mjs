// Builds the release addon, strips it and puts it where a published package looks for it:
// prebuilds/<platform>-<arch>[-<libc>]/millrace.node. Run on each platform before npm publish.
//   node scripts/prebuild.mjs [--output FOLDER]
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildError, buildAddon, packageRoot, prebuildFolder, whyNotLoadable } from './toolchain.mjs';

/** @param {string} file */
function strip(file) {
  if (process.platform === 'win32') return; // symbols are in the .pdb
  const args = process.platform === 'darwin' ? ['-x', file] : ['--strip-unneeded', file];
  const child = spawnSync('strip', args, { encoding: 'utf8' });
  if (child.status !== 0) throw new BuildError(`strip failed: ${child.stderr ?? child.error?.message}`);
}

try {
  const { values } = parseArgs({ options: { output: { type: 'string', default: join(packageRoot, 'prebuilds') } } });
  const folder = join(resolve(values.output), prebuildFolder());
  mkdirSync(folder, { recursive: true });
  const target = join(folder, 'millrace.node');
  // Prepared under another name, so that a process that has the old one loaded keeps it.
  const draft = `${target}.new`;
  copyFileSync(buildAddon(), draft);
  strip(draft);
  renameSync(draft, target);
  const broken = whyNotLoadable(target);
  if (broken !== undefined) throw new BuildError(`${target} does not load: ${broken}`);
  console.log(`prebuild: ${relative(packageRoot, target)}, ${(statSync(target).size / 1024).toFixed(0)} KB`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  if (error.tail) console.error(`${error.tail}\n`);
  console.error(error.message);
  process.exitCode = 1;
}
