import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, nodes, pack } from './packed.js';

const run = promisify(execFile);
const workspace = 'libs/sdk';

const program = `
import { AnkaSecure, AnkaSecureError, HsmSignJWT, type Schemas, privateKeyJwt, verifyKey } from '@ankasecure/sdk';
import { keyFile, mutualTlsFetch } from '@ankasecure/sdk/node';

const anka = new AnkaSecure({ baseUrl: 'http://127.0.0.1:1', auth: () => 'token', retry: { attempts: 1 } });
export const sign = async (keyId: string): Promise<string> => {
  const key: Schemas['Key'] = await anka.call('createKey', { body: { algorithm: 'EC-P256', label: 'x' } });
  for await (const { id } of anka.list('listKeys', { query: { limit: 5 } })) id.toUpperCase();
  // @ts-expect-error: no such member
  await anka.call('createKey', { body: { algorithm: 'EC-P256', label: 'x', colour: 'red' } });
  // @ts-expect-error: the id is missing
  await anka.call('getKey');
  // @ts-expect-error: no such operation
  await anka.call('getNothing');
  const { data } = await anka.api.GET('/keys/{id}', { params: { path: { id: key.id } } });
  return new HsmSignJWT({ sub: String(data) }).sign(anka, { keyId });
};
export { keyFile, mutualTlsFetch, privateKeyJwt, verifyKey };
try {
  await anka.call('getPolicy');
} catch (error) {
  if (!(error instanceof AnkaSecureError)) throw error;
  process.stdout.write(error.code);
}
`;

describe('the packed SDK', () => {
  let directory: string;
  let tarball: string;
  let project: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anka-pack-'));
    tarball = await pack(workspace, directory);
    project = await emptyProject({ [workspace]: tarball });
  });
  afterAll(async () => {
    for (const each of [directory, project]) await rm(each, { recursive: true });
  });

  it('passes publint', async () => {
    const data = new Uint8Array(await readFile(tarball));
    const { messages } = await publint({ pack: { tarball: data.buffer }, strict: true });
    expect(messages.map(({ code, path }) => [code, path])).toEqual([]);
  });

  it('passes arethetypeswrong, as a package of ES modules', async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))));
    if (checked.types === false) throw new Error('the package has no types');
    // CommonJS loads ES modules by require since Node 20.19 and 22.12; resolvers without "exports" are not served.
    const served = checked.problems.filter(
      (problem) => !('resolutionKind' in problem) || !['node10', 'node16-cjs'].includes(problem.resolutionKind),
    );
    expect(served.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });

  it('holds no test and nothing native', async () => {
    const files = await readdir(join(project, 'node_modules/@ankasecure/sdk'), { recursive: true });
    expect(files.filter((name) => /\.spec\.|testing|\.node$|binding\.gyp/.test(name))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/node.js', 'README.md']));
  });

  it.each([
    ['Node', { lib: ['es2023'], types: ['node'] }],
    ['browsers', { lib: ['es2023', 'dom', 'dom.iterable'], types: [] }],
  ])('has types for %s', async (_, target) => {
    const types = join(project, 'node_modules/@types/node');
    const require = createRequire(import.meta.url);
    if (target.types.length > 0) {
      const { cp } = await import('node:fs/promises');
      await cp(join(require.resolve('@types/node/package.json'), '..'), types, { recursive: true });
      await cp(join(require.resolve('undici-types/package.json'), '..'), join(project, 'node_modules/undici-types'), {
        recursive: true,
      });
    }
    const text =
      target.types.length > 0
        ? program
        : program
            .replace(/import \{ keyFile.*\n/, 'declare const process: { stdout: { write(text: string): void } };\n')
            .replace('keyFile, mutualTlsFetch, ', '');
    await writeFile(join(project, 'program.ts'), text);
    const options = {
      ...target,
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      skipLibCheck: target.types.length > 0,
      outDir: 'out',
      noEmit: target.types.length === 0,
      exactOptionalPropertyTypes: true,
    };
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
    );
    const { stdout } = await run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', project], {
      cwd: project,
    }).catch((failed: { stdout: string }) => failed);
    expect(stdout).toBe('');
  });

  it('runs on every Node that it names', async () => {
    const tried = await nodes();
    for (const node of tried) {
      const { stdout } = await run(node, [join(project, 'out/program.js')], { cwd: project });
      expect(stdout).toBe('connection-failed');
    }
  });

  it('needs nothing of Node outside its own subpath', async () => {
    const sdk = join(project, 'node_modules/@ankasecure/sdk/dist');
    const files = await readdir(sdk, { recursive: true });
    const shared = files.filter((name) => name.endsWith('.js') && !name.startsWith('node'));
    expect(shared.length).toBeGreaterThan(15);
    for (const name of shared)
      expect(await readFile(join(sdk, name), 'utf8'), name).not.toMatch(/from 'node:|Buffer\.|process\./);
  });
});
