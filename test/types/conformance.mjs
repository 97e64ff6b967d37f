// Ties together what is written by hand on both sides: lib/ (JavaScript with JSDoc) and types/ (the
// public typings), and the addon and types/native.d.ts. Each function returns the differences found,
// one sentence each; none means that the two sides agree.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** @type {import('typescript').CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

/** @param {import('typescript').Diagnostic} diagnostic */
const messageOf = (diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ');

/** @param {string} folder */
const declarationsUnder = (folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.d.ts')).map((name) => join(folder, name));

/** Private members make a class nominal, so that no other declaration of it would ever match. @param {string} file */
function removePrivateMembers(file) {
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  /** @type {[number, number][]} */
  const spans = [];
  /** @param {import('typescript').Node} node */
  const visit = (node) => {
    const isPrivate = ts.isClassElement(node)
      && ((node.name !== undefined && ts.isPrivateIdentifier(node.name)) || (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0);
    // A private constructor keeps its place: without it the class would seem constructible.
    if (isPrivate && !ts.isConstructorDeclaration(node)) spans.push([node.getStart(), node.getEnd()]);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  const kept = spans.reverse().reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
  writeFileSync(file, kept);
}

/**
 * Lays both sides out in `work`: the declarations that tsc derives from lib/, and the public ones.
 * @param {{ root: string, types: string, work: string }} places
 */
function layOut({ root, types, work }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'package.json'), '{ "type": "module" }');
  const program = ts.createProgram([join(root, 'lib', 'index.js')], {
    ...options, allowJs: true, checkJs: true, declaration: true, emitDeclarationOnly: true, stripInternal: true,
    rootDir: root, outDir: join(work, 'derived'),
  });
  const emitted = program.emit();
  if (emitted.emitSkipped) throw new Error(`tsc emitted no declarations of lib/: ${emitted.diagnostics.map(messageOf).join('; ')}`);
  cpSync(join(root, 'types'), join(work, 'derived', 'types'), { recursive: true }); // what lib's JSDoc imports
  cpSync(types, join(work, 'public'), { recursive: true });
  for (const file of [...declarationsUnder(join(work, 'derived')), ...declarationsUnder(join(work, 'public'))]) removePrivateMembers(file);
}

/** The source text that indexes a type by a property. @param {string} name */
function keyOf(name) {
  const symbol = /^__@(\w+)@\d+$/.exec(name);
  return symbol ? `typeof Symbol.${symbol[1]}` : JSON.stringify(name);
}

/** @param {string} name */
const readable = (name) => name.replace(/^__@(\w+)@\d+$/, '[Symbol.$1]');

/**
 * @param {import('typescript').TypeChecker} checker @param {import('typescript').Type} type
 * @returns {Map<string, import('typescript').Symbol>} public properties by a name that is the same in every program
 */
function propertiesOf(checker, type) {
  const found = new Map();
  for (const property of checker.getPropertiesOfType(type)) {
    const hidden = (property.declarations ?? []).some((declaration) => (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0);
    if (!hidden && property.name !== 'prototype') found.set(property.name, property);
  }
  return found;
}

/** Writes the comparisons of every exported value as type-level code, and notes missing names. */
class Comparison {
  /** @type {string[]} */ problems = [];
  /** @type {string[]} */ #lines;
  /** What each generated line is about. @type {Map<number, string>} */ #subjects = new Map();

  constructor() {
    this.#lines = [
      "import * as lib from './derived/lib/index.js';",
      "import * as types from './public/index.js';",
      'type IsAny<T> = 0 extends 1 & T ? true : false;',
      'type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;',
      'type Returned<F> = F extends (...args: never[]) => infer R ? R : never;',
      'type Taken<C> = C extends abstract new (...args: infer A) => unknown ? A : never;',
      'interface A1 { a1: 1 } interface A2 { a2: 2 } interface A3 { a3: 3 } interface A4 { a4: 4 }',
    ];
  }

  get text() {
    return `${this.#lines.join('\n')}\n`;
  }

  /** @param {number} line */
  subjectAt(line) {
    return this.#subjects.get(line);
  }

  /** Requires that `from` is assignable to `to`. @param {string} subject @param {string} from @param {string} to */
  #fits(subject, from, to) {
    this.#subjects.set(this.#lines.length, subject);
    this.#lines.push(`{ const x: ${to} = null! as ${from}; void x; }`);
  }

  /** Requires that each is assignable to the other, and that neither is `any` alone. @param {string} subject @param {string} left @param {string} right */
  #same(subject, left, right) {
    this.#fits(subject, left, right);
    this.#fits(subject, right, left);
    this.#fits(subject, `IsAny<Awaited<${left}>>`, `IsAny<Awaited<${right}>>`);
  }

  /**
   * What is returned is the same on both sides. What is taken may be more in lib/, which validates values
   * of type `unknown`, but never less than declared. Methods compare their parameters loosely, so these
   * are compared by themselves.
   * @param {string} subject @param {string} left lib's @param {string} right the declared @param {boolean} callable
   */
  #value(subject, left, right, callable) {
    if (!callable) return this.#same(subject, left, right);
    this.#fits(subject, left, right);
    this.#fits(`${subject}, parameters`, `Arguments<${right}>`, `Arguments<${left}>`);
    this.#same(`${subject}, return value`, `Returned<${left}>`, `Returned<${right}>`);
  }

  /** @param {string} subject @param {Map<string, unknown>} left @param {Map<string, unknown>} right */
  #names(subject, left, right) {
    for (const name of left.keys()) if (!right.has(name)) this.problems.push(`${subject}${readable(name)} is in lib/ but not declared in types/`);
    for (const name of right.keys()) if (!left.has(name)) this.problems.push(`${subject}${readable(name)} is declared in types/ but not in lib/`);
    return [...left.keys()].filter((name) => right.has(name));
  }

  /**
   * @param {import('typescript').TypeChecker} checker
   * @param {Map<string, import('typescript').Symbol>} left @param {Map<string, import('typescript').Symbol>} right
   * @param {{ subject: string, left: string, right: string, depth: number, except?: string[] }} at
   */
  members(checker, left, right, { subject, left: leftText, right: rightText, depth, except = [] }) {
    for (const name of this.#names(subject, left, right)) {
      if (except.includes(name)) continue;
      const symbol = /** @type {import('typescript').Symbol} */ (right.get(name));
      const other = /** @type {import('typescript').Symbol} */ (left.get(name));
      const type = checker.getTypeOfSymbol(symbol);
      const texts = depth === 0
        ? { left: `typeof lib.${name}`, right: `typeof types.${name}` }
        : { left: `(${leftText})[${keyOf(name)}]`, right: `(${rightText})[${keyOf(name)}]` };
      const label = `${subject}${readable(name)}`;
      if (depth === 0 && type.getConstructSignatures().length > 0) this.#class(checker, name, other, symbol);
      else if (depth < 2 && type.getCallSignatures().length === 0 && type.getProperties().length > 0 && (type.flags & ts.TypeFlags.Object) !== 0) {
        this.members(checker, propertiesOf(checker, checker.getTypeOfSymbol(other)), propertiesOf(checker, type), { subject: `${label}.`, ...texts, depth: depth + 1 });
      } else this.#value(label, texts.left, texts.right, type.getCallSignatures().length > 0);
    }
  }

  /**
   * @param {import('typescript').TypeChecker} checker @param {string} name
   * @param {import('typescript').Symbol} left @param {import('typescript').Symbol} right
   */
  #class(checker, name, left, right) {
    const sides = [left, right].map((symbol) => {
      const constructor = checker.getTypeOfSymbol(symbol);
      const instance = constructor.getConstructSignatures()[0]?.getReturnType() ?? constructor;
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const declaration = target.declarations?.find(ts.isClassLike);
      return { constructor, instance, parameters: declaration?.typeParameters ?? [] };
    });
    const [derived, declared] = /** @type {[typeof sides[0], typeof sides[0]]} */ (sides);
    if (derived.constructor.getConstructSignatures().length === 0) return void this.problems.push(`${name} is a class in types/ but not in lib/`);
    if (derived.parameters.length !== declared.parameters.length) {
      this.problems.push(`${name} has ${derived.parameters.length} type parameters in lib/ and ${declared.parameters.length} in types/`);
    }
    const args = declared.parameters.map(({ constraint }, index) => (constraint === undefined ? `A${index + 1}` : 'any'));
    /** @param {number} count */
    const applied = (count) => (count > 0 ? `<${args.slice(0, count).join(', ')}>` : '');
    this.#fits(`the class ${name}`, `typeof lib.${name}`, `typeof types.${name}`);
    this.#fits(`the constructor parameters of ${name}`, `Taken<typeof types.${name}>`, `Taken<typeof lib.${name}>`);
    const inherited = ['stack', 'cause', 'message', 'captureStackTrace', 'prepareStackTrace', 'stackTraceLimit'];
    this.members(checker, propertiesOf(checker, derived.constructor), propertiesOf(checker, declared.constructor), {
      subject: `static ${name}.`, left: `typeof lib.${name}`, right: `typeof types.${name}`, depth: 2, except: inherited,
    });
    this.members(checker, propertiesOf(checker, derived.instance), propertiesOf(checker, declared.instance), {
      subject: `${name}.`, left: `lib.${name}${applied(derived.parameters.length)}`, right: `types.${name}${applied(declared.parameters.length)}`, depth: 2, except: inherited,
    });
  }
}

/** @param {import('typescript').Program} program @param {string} file */
function exportsOf(program, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is not a module`);
  const values = checker.getExportsOfModule(module).filter((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (target.flags & ts.SymbolFlags.Value) !== 0;
  });
  return new Map(values.map((symbol) => [symbol.name, symbol]));
}

/**
 * Differences between what lib/index.js exports and what types/index.d.ts declares.
 * @param {{ root: string, types?: string, work: string }} places `types` may be a changed copy of root/types
 * @returns {string[]}
 */
export function compareLibWithTypes({ root, types = join(root, 'types'), work }) {
  layOut({ root, types, work });
  const derived = join(work, 'derived', 'lib', 'index.d.ts');
  const declared = join(work, 'public', 'index.d.ts');
  const both = ts.createProgram([derived, declared], { ...options, noEmit: true });
  const comparison = new Comparison();
  comparison.members(both.getTypeChecker(), exportsOf(both, derived), exportsOf(both, declared), { subject: '', left: '', right: '', depth: 0 });

  const file = join(work, 'compare.ts');
  writeFileSync(file, comparison.text);
  const program = ts.createProgram([file], { ...options, noEmit: true, skipLibCheck: false });
  const broken = [...declarationsUnder(join(work, 'derived')), ...declarationsUnder(join(work, 'public'))]
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((declarations) => [...program.getSyntacticDiagnostics(declarations), ...program.getSemanticDiagnostics(declarations)])
    .map((diagnostic) => `${diagnostic.file ? relative(work, diagnostic.file.fileName) : ''}: ${messageOf(diagnostic)}`);
  const source = program.getSourceFile(file);
  const differing = program.getSemanticDiagnostics(source).map((diagnostic) => {
    const line = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? -1;
    return `${comparison.subjectAt(line) ?? 'compare.ts'} differs: ${messageOf(diagnostic)}`;
  });
  return [...new Set([...comparison.problems, ...broken, ...differing])];
}

/**
 * Differences between a loaded addon and the interface NativeAddon of a native.d.ts.
 * @param {Record<string, unknown>} addon @param {string} declarationFile
 * @returns {string[]}
 */
export function compareAddonWithTypes(addon, declarationFile) {
  const program = ts.createProgram([declarationFile], { ...options, noEmit: true, skipLibCheck: false });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarationFile);
  const module = source && checker.getSymbolAtLocation(source);
  const contract = module && checker.getExportsOfModule(module).find((symbol) => symbol.name === 'NativeAddon');
  if (contract === undefined) return [`${declarationFile} exports no interface NativeAddon`];
  const broken = program.getSemanticDiagnostics(source).map(messageOf);
  return [...broken, ...compareObject(checker, addon, checker.getDeclaredTypeOfSymbol(contract), '')];
}

/**
 * @param {import('typescript').TypeChecker} checker @param {object} value @param {import('typescript').Type} type @param {string} path
 * @returns {string[]}
 */
function compareObject(checker, value, type, path) {
  const declared = propertiesOf(checker, type);
  const actual = Object.getOwnPropertyNames(value).filter((name) => name !== 'constructor');
  const problems = actual.filter((name) => !declared.has(name)).map((name) => `${path}${name} is in the addon but not declared in native.d.ts`);
  for (const [name, symbol] of declared) {
    const member = /** @type {Record<string, unknown>} */ (value)[name];
    const label = `${path}${name}`;
    if (!actual.includes(name)) problems.push(`${label} is declared in native.d.ts but not in the addon`);
    else problems.push(...compareMember(checker, member, checker.getTypeOfSymbol(symbol), label));
  }
  return problems;
}

/**
 * @param {import('typescript').TypeChecker} checker @param {unknown} value @param {import('typescript').Type} type @param {string} label
 * @returns {string[]}
 */
function compareMember(checker, value, type, label) {
  const constructed = type.getConstructSignatures()[0]?.getReturnType();
  if (constructed !== undefined) {
    if (typeof value !== 'function') return [`${label} is declared as a class but is ${typeof value}`];
    return compareObject(checker, value.prototype, constructed, `${label}.prototype.`);
  }
  const expected = type.getCallSignatures().length > 0 ? 'function'
    : type.flags & ts.TypeFlags.StringLike ? 'string'
    : type.flags & ts.TypeFlags.NumberLike ? 'number'
    : type.flags & ts.TypeFlags.BooleanLike ? 'boolean'
    : type.flags & ts.TypeFlags.BigIntLike ? 'bigint'
    : 'object';
  return typeof value === expected ? [] : [`${label} is declared as ${expected} but is ${typeof value}`];
}
