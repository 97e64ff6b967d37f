/** Fails to compile unless both types are identical: `expectType<Same<A, B>>()`. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export declare function expectType<_T extends true>(): void;
