// The task of functions.ts: runs in a worker isolate.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface FunctionCount {
  path: string;
  functions: number;
}

export function countFunctions(path: string): FunctionCount {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  let functions = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) functions++;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, functions };
}
