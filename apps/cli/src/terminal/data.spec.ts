import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyDirectory, platformOf, ran, reaching } from '../testing/command.js';

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
const plaintext = (text: string | Uint8Array) => ({ plaintext: Buffer.from(text).toString('base64url') });

describe('a file that a command writes', () => {
  it.each([undefined, 0o600, 0o644, 0o666])('can be read by its owner alone, if it had the rights %o', async (mode) => {
    const { url } = await platformOf(() => ({ body: plaintext('short') }));
    const file = join(await emptyDirectory(), 'out');
    if (mode !== undefined) {
      await writeFile(file, 'a longer text that was there before');
      await chmod(file, mode);
    }
    const ended = await ran(['decrypt', '-', '--out', file], reaching(url), { input: 'a.b.c.d.e' });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['short', 0o600]);
  });

  it('may be a device', async () => {
    const { url } = await platformOf(() => ({ body: plaintext('x') }));
    const before = await modeOf('/dev/null');
    const ended = await ran(['decrypt', '-', '--out', '/dev/null'], reaching(url), { input: 'a.b.c.d.e' });
    expect([ended.code, await modeOf('/dev/null')]).toEqual([0, before]);
  });
});

describe('the credential of a service account', () => {
  const create = (file: string) => ['service-account', 'create', 'billing', '--key-out', file];
  const account = { body: { id: 'a', clientId: 'c', name: 'billing', roles: [] } };

  it('is kept where only its owner can read it', async () => {
    const { url } = await platformOf(() => account);
    const file = join(await emptyDirectory(), 'billing.json');
    expect(await ran(create(file), reaching(url))).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ baseUrl: url, clientId: 'c' });
    expect(await modeOf(file)).toBe(0o600);
  });

  it('is not made if the file is there, or cannot be made', async () => {
    const { url, heard } = await platformOf(() => account);
    const directory = await emptyDirectory();
    await writeFile(join(directory, 'file'), 'kept');
    await mkdir(join(directory, 'directory'));
    for (const name of ['file', 'directory', 'nowhere/file'])
      expect(await ran(create(join(directory, name)), reaching(url))).toMatchObject({ code: 2 });
    expect(heard).toEqual([]);
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('kept');
  });

  it('leaves no file behind if the account is refused, or only tried', async () => {
    const { url } = await platformOf(({ url: asked }) =>
      asked.includes('dryRun') ? account : { status: 403, body: { code: 'access-denied', title: 'T', detail: 'D' } },
    );
    const file = join(await emptyDirectory(), 'billing.json');
    expect(await ran(create(file), reaching(url))).toMatchObject({ code: 4 });
    expect(await ran([...create(file), '--dry-run'], reaching(url))).toMatchObject({ code: 0 });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});
