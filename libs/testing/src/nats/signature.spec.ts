import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const head = `
  import { computeMacs, type Context, type DryRun } from '@ankasecure/contracts';
  import { type Answer, MessagePattern, type RawAnswer, RawMessagePattern } from '@ankasecure/service-kit';
  import type { z } from 'zod';
  type Request = z.infer<typeof computeMacs.request>;
  type Reply = z.infer<typeof computeMacs.reply>;
  declare const reply: Reply;
  declare const dryRun: DryRun;`;

const answers = '{ return { body: reply }; }';
const raw = 'async macs(context: Context, body: Buffer): Promise<RawAnswer> { return { head: { ok: true }, body }; }';
const parsed = `async macs(context: Context, request: Request): Promise<Answer<Reply>> ${answers}`;

const right = {
  'takes context and request': `@MessagePattern(computeMacs) ${parsed}`,
  'needs no request': `@MessagePattern(computeMacs) async macs(context: Context): Promise<Answer<Reply>> ${answers}`,
  'answers a dry run':
    '@MessagePattern(computeMacs) async macs(): Promise<Answer<Reply | DryRun>> { return { body: dryRun }; }',
  'takes and returns bytes': `@RawMessagePattern(computeMacs) ${raw}`,
};

const wrong = {
  'with its parameters swapped': `@MessagePattern(computeMacs)
    async macs(request: Request, context: Context): Promise<Answer<Reply>> ${answers}`,
  'with another request': `@MessagePattern(computeMacs)
    async macs(context: Context, request: { messages: number }): Promise<Answer<Reply>> ${answers}`,
  'with a request of more members': `@MessagePattern(computeMacs)
    async macs(context: Context, request: Request & { more: string }): Promise<Answer<Reply>> ${answers}`,
  'with a third parameter': `@MessagePattern(computeMacs)
    async macs(context: Context, request: Request, more: string): Promise<Answer<Reply>> ${answers}`,
  'with another reply': `@MessagePattern(computeMacs)
    async macs(): Promise<Answer<{ macs: string }>> { return { body: { macs: '' } }; }`,
  'with a bare body': '@MessagePattern(computeMacs) async macs(): Promise<Reply> { return reply; }',
  'without a promise': `@MessagePattern(computeMacs) macs(): Answer<Reply> ${answers}`,
  'with bytes where JSON is served': `@MessagePattern(computeMacs) ${raw}`,
  'with JSON where bytes are served': `@RawMessagePattern(computeMacs) ${parsed}`,
};

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  customConditions: ['source'],
};

/** Compiles one class per method, in a file in memory only. @returns the lines of the file that have an error */
const faultyLines = (methods: readonly string[]): ReadonlySet<number> => {
  const name = fileURLToPath(new URL('signature.fixture.ts', import.meta.url));
  const lines = methods.map((method, index) => `export class Macs${index} { ${method.replaceAll('\n', ' ')} }`);
  const text = [head.replaceAll('\n', ' '), ...lines].join('\n');
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.getSourceFile = (file, version, ...rest) =>
    file === name ? ts.createSourceFile(file, text, version) : getSourceFile(file, version, ...rest);
  const program = ts.createProgram([name], options, host);
  const source = program.getSourceFile(name);
  const errors = program.getSemanticDiagnostics(source);
  return new Set(errors.map(({ start = 0 }) => source?.getLineAndCharacterOfPosition(start).line ?? 0));
};

describe('a method that serves a contract', () => {
  const methods = [...Object.values(right), ...Object.values(wrong)];
  let faulty: ReadonlySet<number>;
  beforeAll(() => {
    faulty = faultyLines(methods);
  });
  const compiles = (method: string): boolean => !faulty.has(methods.indexOf(method) + 1);

  it('is checked in a file whose imports compile', () => expect(faulty.has(0)).toBe(false));

  it.each(Object.entries(right))('%s', (_, method) => expect(compiles(method)).toBe(true));

  it.each(Object.entries(wrong))('does not compile %s', (_, method) => expect(compiles(method)).toBe(false));
});
