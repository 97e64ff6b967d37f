// Builds the release addon, strips it and puts it where a published package looks for it:
// prebuilds/<platform>-<arch>[-<libc>]/millrace.node, with the shared libraries that it needs beside it and
// the licences of everything in it. Run on each platform before npm publish.
//   node scripts/prebuild.mjs [--output FOLDER]
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildError, buildAddon, libraryPackages, packageRoot, prebuildFolder, whyNotLoadable } from './toolchain.mjs';

/** @param {string} file */
function strip(file) {
  if (process.platform === 'win32') return; // symbols are in the .pdb
  const args = process.platform === 'darwin' ? ['-x', file] : ['--strip-unneeded', file];
  const child = spawnSync('strip', args, { encoding: 'utf8' });
  if (child.status !== 0) throw new BuildError(`strip failed: ${child.stderr ?? child.error?.message}`);
}

/**
 * Copies a file so that a process that has the old one loaded keeps it.
 * @param {string} from
 * @param {string} to
 */
function replace(from, to) {
  const draft = `${to}.new`;
  copyFileSync(from, draft);
  strip(draft);
  renameSync(draft, to);
}

/** What the addon's licences demand of whoever passes it on. @param {string} folder */
function copyLicences(folder) {
  if (process.platform !== 'linux') return; // other package managers keep the texts in the libraries' own folders
  mkdirSync(folder, { recursive: true });
  for (const name of libraryPackages()) {
    const text = `/usr/share/doc/${name}/copyright`;
    if (!existsSync(text)) throw new BuildError(`The licence of ${name} is not at ${text}; install the package, or put the text there`);
    copyFileSync(text, join(folder, `${name}.txt`));
  }
}

try {
  const { values } = parseArgs({ options: { output: { type: 'string', default: join(packageRoot, 'prebuilds') } } });
  const folder = join(resolve(values.output), prebuildFolder());
  mkdirSync(folder, { recursive: true });
  const target = join(folder, 'millrace.node');
  const built = buildAddon();
  const libraries = readdirSync(dirname(built)).filter((name) => /\.(so(\.\d+)*|dylib|dll)$/.test(name));
  for (const name of libraries) replace(join(dirname(built), name), join(folder, name));
  replace(built, target);
  copyLicences(join(folder, 'licences'));
  const broken = whyNotLoadable(target);
  if (broken !== undefined) throw new BuildError(`${target} does not load: ${broken}`);
  console.log(`prebuild: ${relative(packageRoot, target)}, ${(statSync(target).size / 1024).toFixed(0)} KB, and ${libraries.length} libraries`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  if (error.tail) console.error(`${error.tail}\n`);
  console.error(error.message);
  process.exitCode = 1;
}
