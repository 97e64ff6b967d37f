// All operations by name. Each factory also runs the operation with its defaults: operations.hash.run(value).
import { compressionOperations } from './compression.js';
import { digestOperations } from './digests.js';
import { fileOperations } from './files.js';
import { frontMatterOperations } from './front-matter.js';
import { importOperations } from './imports.js';
import { jsonOperations } from './json.js';
import { markdownOperations } from './markdown.js';
import { textOperations } from './text.js';

/** @typedef {(options?: any) => import('../../types/operations/index.js').Operation<any, any>} Factory */

const factories = {
  ...fileOperations,
  ...digestOperations,
  ...compressionOperations,
  ...textOperations,
  ...importOperations,
  ...frontMatterOperations,
  ...markdownOperations,
  ...jsonOperations,
};

for (const factory of Object.values(/** @type {Record<string, Factory>} */ (factories))) {
  Object.assign(factory, { run: async (/** @type {unknown} */ value, /** @type {any} */ options) => factory().run(value, options) });
}

export const operations = /** @type {import('../../types/operations/index.js').Operations} */ (/** @type {unknown} */ (Object.freeze(factories)));
