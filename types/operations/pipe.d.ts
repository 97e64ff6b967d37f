import type { NamedStage, Operation } from './operation.js';

/** An operation as a stage of a pipe, under a name or without. */
export type Stage = Operation<any, any> | NamedStage<string, any, any>;

/** What a stage makes of its input. */
export type StageResult<S> = S extends NamedStage<string, any, infer R> ? R : S extends Operation<any, infer R> ? R : never;

/** What a stage takes. */
export type StageItem<S> = S extends NamedStage<string, infer T, any> ? T : S extends Operation<infer T, any> ? T : never;

type NamedOf<S extends readonly Stage[]> = Extract<S[number], NamedStage<string, any, any>>;
type LastOf<S extends readonly Stage[]> = S extends readonly [...Stage[], infer L] ? L : never;

/** An object of the named stages' results; without names, the last stage's result. */
export type PipeResult<S extends readonly Stage[]> = [NamedOf<S>] extends [never]
  ? StageResult<LastOf<S>>
  : { [N in NamedOf<S> as N['name']]: StageResult<N> };

/**
 * Operations one after the other on the same item, without returning to JavaScript in between. A stage that
 * transforms (readFile, decompression, frontMatter: its body) passes on what it made; one that looks (hash,
 * stat) passes on what it got. Results of stages with a name (`operation.as('name')`) are kept.
 *
 * An item fails with the error of the stage that failed, which `stage` and `stageIndex` tell.
 *
 * @throws TypeError when an operation cannot follow the one before it
 */
export function pipe<const S extends readonly [Stage, ...Stage[]]>(...stages: S): Operation<StageItem<S[0]>, PipeResult<S>>;
