// The npm install hook. A published package uses its prebuilt binary where one loads on this
// machine and is compiled otherwise; a checkout is always compiled.
//   MILLRACE_BUILD_FROM_SOURCE=1  compile although a prebuilt binary is there
//   MILLRACE_SKIP_INSTALL=1       do nothing
//   MILLRACE_BUILD_JOBS=N         compiler processes at a time
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BuildError, buildAddon, packageRoot, prebuildFolder, whyNotLoadable } from './toolchain.mjs';

/** @param {string | undefined} value */
const isOn = (value) => value !== undefined && value !== '' && value !== '0';

function install() {
  if (isOn(process.env.MILLRACE_SKIP_INSTALL)) return 'millrace: native build skipped (MILLRACE_SKIP_INSTALL)';
  const isCheckout = existsSync(join(packageRoot, '.git')) || existsSync(join(packageRoot, 'test'));
  let why = '';
  if (!isCheckout && !isOn(process.env.MILLRACE_BUILD_FROM_SOURCE)) {
    const folder = prebuildFolder();
    const reason = whyNotLoadable(join(packageRoot, 'prebuilds', folder, 'millrace.node'));
    if (reason === undefined) return `millrace: using the prebuilt binary for ${folder}`;
    why = `no prebuilt binary for ${folder} (${reason}), `;
  }
  const started = Date.now();
  const built = buildAddon();
  const broken = whyNotLoadable(built);
  if (broken !== undefined) throw new BuildError(`The addon was built but does not load: ${broken}`);
  return `millrace: ${why}built ${relative(packageRoot, built)} in ${((Date.now() - started) / 1000).toFixed(1)} s`;
}

try {
  console.log(install());
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  if (error.tail) console.error(`${error.tail}\n`);
  console.error(`millrace: the native addon could not be built.\n${error.message}`);
  if (error.log) console.error(`The whole build log: ${error.log}`);
  process.exitCode = 1;
}
