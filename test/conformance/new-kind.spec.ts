import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inTree = (path: string): string => join(root, path);

const names = 'libs/algorithm/src/kind.ts';
const kinds = 'apps/crypto-worker/src/custody/pkcs11/kind/kinds.ts';
const ownFile = 'apps/crypto-worker/src/custody/pkcs11/kind/fake.ts';
const software = 'apps/crypto-worker/src/custody/software/secret-key.ts';

/** A change to the sources, in memory only: what follows `after`, or a whole new file. */
type Edit = readonly [path: string, after: string | null, text: string];

const naming: Edit = [names, 'export const algorithmKinds = {', "\n  fake: { sign: ['EdDSA'] },"];
const inOwnFile: Edit = [
  ownFile,
  null,
  `import { ed } from './ed.js';
   import type { TokenKind } from './token-kind.js';
   export const fake = { ...ed, uses: { EdDSA: ed.uses.EdDSA } } as const satisfies TokenKind<'fake'>;`,
];
const withoutItsAlgorithm: Edit = [
  ownFile,
  null,
  `import { ed } from './ed.js';
   import type { TokenKind } from './token-kind.js';
   export const fake = { ...ed, uses: {} } as const satisfies TokenKind<'fake'>;`,
];
const importing: Edit = [kinds, "import { aes } from './aes.js';", "\nimport { fake } from './fake.js';"];
const row: Edit = [kinds, 'TokenKind<Kind> } = {', ' fake,'];
const softwareRow: Edit = [software, 'Promise<Plain>>> = {', '\n  fake: async (bits) => secretOf(bits),'];

const configuration = (): ts.ParsedCommandLine => {
  const file = inTree('apps/crypto-worker/tsconfig.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: object };
  return ts.parseJsonConfigFileContent({ ...config, references: [] }, ts.sys, inTree('apps/crypto-worker'), {
    customConditions: ['source'],
    composite: false,
    incremental: false,
    noEmit: true,
    rootDir: root,
  });
};

const edited = (edits: readonly Edit[]): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const [path, after, text] of edits) {
    const file = inTree(path);
    const before = files.get(file) ?? ts.sys.readFile(file) ?? '';
    if (after !== null && !before.includes(after)) throw new Error(`${path} has no “${after}”`);
    files.set(file, after === null ? text : before.replace(after, after + text));
  }
  return files;
};

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Everything of the worker that reads the table of kinds. */
const rooms =
  /\/src\/(custody|jose|envelope|signature|key)\/(?!.*(\.spec|\.conformance|\.fixture|\/testing\/|\/bench\/))/;

/**
 * The files that do not compile with these edits.
 * @param looked those that are checked; by default all that the worker is made of
 */
const faulty = (edits: readonly Edit[], looked = /./): readonly string[] => {
  const { options, fileNames } = configuration();
  const files = edited(edits);
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path);
  host.getSourceFile = (path, ...rest) => {
    if (files.has(path)) return getSourceFile(path, ...rest);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, ...rest));
    return parsed.get(path);
  };
  const program = ts.createProgram(
    fileNames.filter((name) => rooms.test(name)),
    options,
    host,
  );
  const checked = program
    .getSourceFiles()
    .filter(
      ({ fileName }) => fileName.startsWith(root) && !fileName.includes('/node_modules/') && looked.test(fileName),
    );
  const faults = checked.filter((file) => program.getSemanticDiagnostics(file).length > 0);
  return faults.map(({ fileName }) => fileName.slice(root.length)).sort();
};

describe('a new kind of algorithm', () => {
  it('compiles with a file and a row of its own in the token’s table, and a row in the software’s', () => {
    expect(faulty([naming, inOwnFile, importing, row, softwareRow])).toEqual([]);
  });

  it('does not compile without its rows, and needs nothing else', () => {
    expect(faulty([naming])).toEqual([kinds, software]);
  });

  it('does not compile while its row lacks one of its algorithms', () => {
    expect(faulty([naming, withoutItsAlgorithm, importing, row, softwareRow], /\/fake\.ts$/)).toEqual([ownFile]);
  });
});
