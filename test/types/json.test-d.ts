// What selections make of their pointers.
import { operations, pipe } from 'millrace';
import type { JsonValidity } from 'millrace';
import { expectType, type Same } from './equality.js';

const named = await operations.parseJson({ select: { name: '/user/name', tags: '/tags/*' } }).run('{}');
expectType<Same<typeof named, { name?: unknown; tags?: unknown }>>();
// @ts-expect-error no pointer is called that
void named.other;

const [first, second] = await operations.parseJson({ select: ['/a', '/b'] }).run(Buffer.from('{}'));
expectType<Same<typeof first, unknown>>();
void second;

const one = await operations.parseJson({ select: '/a', validate: 'touched', maxDepth: 5 }).run('1');
expectType<Same<typeof one, unknown>>();
const whole = await operations.parseJson.run('1');
expectType<Same<typeof whole, unknown>>();
void operations.parseJson({ select: null, validate: null });

const validity = await operations.validateJson({ maxBytes: 5 }).run('1');
expectType<Same<typeof validity, JsonValidity>>();
if (!validity.valid) expectType<Same<typeof validity.reason, string>>();

const piped = pipe(operations.readFile(), operations.parseJson({ select: { id: '/id' } }).as('page'), operations.hash().as('hash'));
const { page } = await piped.run('file');
void page.id;

// @ts-expect-error a pointer is a string
operations.parseJson({ select: { a: 1 } });
// @ts-expect-error there is no such validation
operations.parseJson({ validate: 'none' });
