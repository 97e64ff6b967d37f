// Builds native code in a checkout.
//   node scripts/build.mjs                        the release addon into build/addon
//   node scripts/build.mjs --preset NAME [--target T]...  a CMake preset into build/NAME
import { parseArgs } from 'node:util';
import { relative } from 'node:path';
import { BuildError, buildAddon, packageRoot } from './toolchain.mjs';
import { buildPreset } from './preset.mjs';

const { values } = parseArgs({
  options: { preset: { type: 'string' }, target: { type: 'string', multiple: true } },
});

try {
  if (values.preset === undefined) {
    console.log(`millrace: ${relative(packageRoot, buildAddon())} is up to date`);
  } else {
    buildPreset(values.preset, { targets: values.target ?? [] });
  }
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  if (error.tail) console.error(`${error.tail}\n`);
  console.error(error.message);
  process.exitCode = 1;
}
