import type { CompressionOperations } from './compression.js';
import type { DigestOperations } from './digests.js';
import type { FileOperations } from './files.js';
import type { FrontMatterOperations } from './front-matter.js';
import type { ImportOperations } from './imports.js';
import type { JsonOperations } from './json.js';
import type { MarkdownOperations } from './markdown.js';
import type { TextOperations } from './text.js';
import type { Operation } from './operation.js';

export * from './compression.js';
export * from './digests.js';
export * from './files.js';
export * from './front-matter.js';
export * from './imports.js';
export * from './json.js';
export * from './markdown.js';
export * from './operation.js';
export * from './pipe.js';
export * from './text.js';

/** A factory that can also run its operation with the default options. */
export type OperationFactory<F> = F extends (options?: any) => Operation<infer T, infer R> ? F & Pick<Operation<T, R>, 'run'> : F;

type Factories = FileOperations &
  DigestOperations &
  CompressionOperations &
  TextOperations &
  ImportOperations &
  FrontMatterOperations &
  MarkdownOperations &
  JsonOperations;

/** The operations that run natively, each made with its options: `operations.hash({ algorithm: 'sha256' })`. */
export type Operations = Readonly<{ [N in keyof Factories]: OperationFactory<Factories[N]> }>;

export const operations: Operations;
