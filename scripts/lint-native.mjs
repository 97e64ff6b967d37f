// clang-format and clang-tidy over the C++ sources.
//   node scripts/lint-native.mjs [--fix-format] [--format-only] [--no-analyzer] [FILE]...
// --no-analyzer leaves out clang-analyzer's checks, which take two thirds of the time.
// clang-tidy takes seconds per file, so a clean verdict is kept in build/lint/tidy under a hash of
// everything it depends on: the configuration, the command, the file and the project headers it reaches.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildError, addonDefinitions, buildJobs, packageRoot } from './toolchain.mjs';

const lintFolder = join(packageRoot, 'build', 'lint');
const verdicts = join(lintFolder, 'tidy');
const sourceFolders = ['native', 'test/native', 'test/fuzz', 'bench/native'];
// Tests and benchmarks are formatted like the rest; what clang-tidy finds in them is mostly their brevity.
const tidyFolders = ['native'];

function sources() {
  return sourceFolders
    .filter((folder) => existsSync(join(packageRoot, folder)))
    .flatMap((folder) => readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(cc|h|inc)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)));
}

/** @param {string[]} files @param {boolean} fix */
function format(files, fix) {
  const child = spawnSync('clang-format', [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...files], { stdio: 'inherit' });
  if (child.error) throw new BuildError(`clang-format could not be started: ${child.error.message}. scripts/setup-debian.sh installs it.`);
  return child.status === 0;
}

/** @returns {{ directory: string, command: string, file: string }[]} */
function compileCommands() {
  const configured = spawnSync('cmake', ['--preset', 'release', '-B', lintFolder, '--log-level=WARNING', ...addonDefinitions()], { cwd: packageRoot, encoding: 'utf8' });
  if (configured.status !== 0) throw new BuildError(`cmake failed:\n${configured.stdout ?? ''}${configured.stderr ?? ''}${configured.error?.message ?? ''}`);
  return JSON.parse(readFileSync(join(lintFolder, 'compile_commands.json'), 'utf8'));
}

/** The project headers that a file reaches. @param {string} file @param {Set<string>} [seen] */
function reachable(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, header = ''] of readFileSync(file, 'utf8').matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)) {
    for (const candidate of [join(packageRoot, 'native', header), join(dirname(file), header)]) reachable(resolve(candidate), seen);
  }
  return seen;
}

/** @param {string} base @param {{ command: string, file: string }} unit */
function hashOf(base, unit) {
  const hash = createHash('sha256').update(base).update(unit.command);
  for (const file of [...reachable(unit.file)].sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} file @param {string[]} more arguments @returns {Promise<{ clean: boolean, output: string }>} */
function tidyOne(file, more) {
  return new Promise((settle) => {
    // The compiler is gcc; clang-tidy parses as clang, which need not know all of its options.
    const child = spawn('clang-tidy', ['-p', lintFolder, '--quiet', '--extra-arg=-Wno-unknown-warning-option', ...more, file], { cwd: packageRoot });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', () => {}); // "N warnings generated": counts of suppressed findings
    child.on('error', (error) => settle({ clean: false, output: `clang-tidy could not be started: ${error.message}` }));
    child.on('close', (code) => settle({ clean: code === 0, output }));
  });
}

/** @param {(file: string) => boolean} wanted @param {boolean} analyzer */
async function tidy(wanted, analyzer) {
  const more = analyzer ? [] : ['--checks=-clang-analyzer-*'];
  const version = spawnSync('clang-tidy', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const base = version + readFileSync(join(packageRoot, '.clang-tidy'), 'utf8') + more.join(' ');
  mkdirSync(verdicts, { recursive: true });
  const units = compileCommands().filter(({ file }) => wanted(file)).map((unit) => ({ file: unit.file, stamp: join(verdicts, hashOf(base, unit)) }));
  const pending = units.filter(({ stamp }) => !existsSync(stamp));
  const total = pending.length;
  let findings = 0;
  const worker = async () => {
    for (let unit = pending.shift(); unit !== undefined; unit = pending.shift()) {
      const { clean, output } = await tidyOne(unit.file, more);
      if (clean) {
        writeFileSync(unit.stamp, relative(packageRoot, unit.file));
        continue;
      }
      findings += 1;
      console.error(`${relative(packageRoot, unit.file)}:\n${output}`);
    }
  };
  await Promise.all(Array.from({ length: buildJobs() }, worker));
  console.log(`clang-tidy: ${units.length} files, ${total} checked, ${findings} with findings`);
  return findings === 0;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'fix-format': { type: 'boolean', default: false }, 'format-only': { type: 'boolean', default: false }, 'no-analyzer': { type: 'boolean', default: false } },
  });
  const named = positionals.map((path) => resolve(path));
  const files = named.length > 0 ? named : sources();
  const formatted = format(files, values['fix-format']);
  console.log(`clang-format: ${files.length} files, ${formatted ? 'all formatted' : 'see above (npm run format)'}`);
  const tidied = values['fix-format'] || values['format-only'] || (await tidy((file) => (named.length > 0 ? named.includes(file) : tidyFolders.some((folder) => file.startsWith(join(packageRoot, folder, '/')))), !values['no-analyzer']));
  if (!formatted || !tidied) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
