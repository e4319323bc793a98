import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformTenantId } from '@ankasecure/contracts';
import { operationTable } from '@ankasecure/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { ankasecure, type CommandOptions, type Ended } from './command.js';

const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;

describe('the command line', () => {
  let rig: Rig;
  let tenant: Tenant & { readonly slug: string };
  let directory: string;
  let env: Record<string, string>;
  const inDirectory = (name: string): string => join(directory, name);
  const anka = (args: readonly string[], options: CommandOptions = {}): Promise<Ended> =>
    ankasecure(args, { cwd: directory, ...options, env: { ...env, ...options.env } });
  /** The output of a command that must succeed. */
  const ok = async (args: readonly string[], options?: CommandOptions): Promise<string> => {
    const { code, stdout, stderr } = await anka(args, options);
    expect([code, stderr], args.join(' ')).toEqual([0, '']);
    return stdout;
  };
  const json = async <Value>(...args: readonly string[]): Promise<Value> =>
    JSON.parse(await ok([...args, '-o', 'json'])) as Value;

  beforeAll(async () => {
    rig = await sharedRig();
    tenant = await newTenant(rig);
    directory = await mkdtemp(join(tmpdir(), 'anka-cli-'));
    env = { ANKASECURE_CONFIG: inDirectory('profiles.json') };
    for (const subject of ['admin', 'officer']) {
      const token = await rig.mint({ tenantId: tenant.id, subject, roles });
      await writeFile(inDirectory(`${subject}.jwt`), token);
      await ok(['login', rig.baseUrl, '--token-file', `${subject}.jwt`, '--as', subject, '--tenant', tenant.slug]);
    }
    await ok(['profile', 'use', 'admin']);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('keeps profiles where only their owner can read them, and uses no others', async () => {
    expect((await stat(inDirectory('profiles.json'))).mode & 0o777).toBe(0o600);
    expect(await ok(['profile', 'list'])).toMatch(/^NAME +URL .*\nadmin .* true\nofficer .* false\n$/);
    await chmod(inDirectory('profiles.json'), 0o644);
    expect(await anka(['key', 'list'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('chmod 600') as string,
    });
    await chmod(inDirectory('profiles.json'), 0o600);
  });

  it('encrypts a file and decrypts it, with files and with pipes', async () => {
    await ok(['key', 'create', 'box', '--algorithm', 'AES-256', '--custody', 'wrapped', '--alias', 'box']);
    const content = randomBytes(100_000);
    await writeFile(inDirectory('notes'), content);
    expect(await ok(['encrypt', '--key', 'box', 'notes', '--out', 'notes.jwe'])).toBe('');
    await ok(['decrypt', 'notes.jwe', '--out', 'notes.again']);
    expect(content.equals(await readFile(inDirectory('notes.again')))).toBe(true);
    expect((await stat(inDirectory('notes.again'))).mode & 0o777).toBe(0o600);
    const jwe = await ok(['encrypt', '-k', 'box', '--aad', 'mine'], { input: 'hello' });
    expect(await ok(['decrypt', '--aad', 'mine'], { input: jwe })).toBe('hello');
    expect(await anka(['decrypt', '--aad', 'other'], { input: jwe })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^ankasecure: decryption-failed: [\s\S]*--aad/) as string,
    });
  });

  it('signs and verifies, here and on the platform', async () => {
    await ok(['key', 'create', 'invoices', '-a', 'EC-P256', '--purpose', 'sign', '--alias', 'invoices']);
    await writeFile(inDirectory('invoice'), 'Invoice 47');
    await ok(['sign', '-k', 'invoices', 'invoice', '--detached', '-O', 'invoice.jws']);
    const verify = (...more: string[]) =>
      anka(['verify', 'invoice.jws', '--content', 'invoice', '-o', 'json', ...more]);
    for (const where of [[], ['--local']])
      expect(JSON.parse((await verify(...where)).stdout)).toMatchObject({ valid: true });
    await writeFile(inDirectory('invoice'), 'Invoice 48');
    expect(await verify()).toMatchObject({ code: 8, stdout: '' });
    const raw = await ok(['sign', '-k', 'invoices', 'invoice', '--raw', '-O', 'invoice.sig']);
    expect(raw).toBe('');
    await ok(['verify', 'invoice.sig', '--raw', '--content', 'invoice', '-k', 'invoices']);
  });

  it('makes a certification request', async () => {
    await ok(['key', 'create', 'pay', '-a', 'EC-P256', '--purpose', 'sign', '--alias', 'pay']);
    const names = ['--subject', 'C=ES', '--subject', 'CN=a=b', '--dns', 'a.example.com', '--dns', 'b.example.com'];
    await ok(['key', 'csr', 'pay', ...names, '--ip', '::1', '-O', 'pay.csr']);
    const shown = execFileSync('openssl', ['req', '-in', inDirectory('pay.csr'), '-noout', '-text'], {
      encoding: 'utf8',
    });
    expect(shown).toContain('C = ES, CN = a=b');
    expect(shown).toContain('DNS:a.example.com, DNS:b.example.com, IP Address:0:0:0:0:0:0:0:1');
    expect(await json('key', 'csr', 'pay', ...names)).toMatchObject({ alg: 'ES256', version: 1 });
    expect(await json('key', 'csr', 'pay', ...names, '--dry-run')).toMatchObject({ succeeds: true });
    expect(await anka(['key', 'csr', 'pay', '--subject', 'ES'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('sets, shows and removes a certificate', async () => {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
    const authority = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=authority'];
    openssl('req', '-x509', ...authority, '-keyout', 'ca.key', '-out', 'ca.pem');
    await ok(['key', 'csr', 'pay', '--subject', 'CN=pay', '-O', 'pay.csr']);
    openssl('x509', '-req', '-in', 'pay.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-out', 'pay.pem');
    expect(await json('key', 'set-certificate', 'pay', 'pay.pem', '--dry-run')).toMatchObject({ succeeds: true });
    expect(await ok(['key', 'set-certificate', 'pay', 'pay.pem'])).toMatch(/subject: +CN=pay\nissuer: +CN=authority\n/);
    expect(await ok(['key', 'certificate', 'pay'])).toBe(await readFile(inDirectory('pay.pem'), 'utf8'));
    expect(await json('key', 'remove-certificate', 'pay')).toMatchObject({ version: 1, subject: 'CN=pay' });
    expect((await anka(['key', 'certificate', 'pay'])).code).toBeGreaterThan(0);
  });

  it('leads a key through its life', async () => {
    const { id } = await json<{ id: string }>('key', 'create', 'short life', '-a', 'EC-P256', '--purpose', 'sign');
    expect(await json('key', 'rotate', id)).toMatchObject({ version: 2 });
    expect(await json<unknown[]>('key', 'versions', id)).toHaveLength(2);
    for (const [command, state] of [
      ['suspend', 'SUSPENDED'],
      ['resume', 'ACTIVE'],
      ['deactivate', 'DEACTIVATED'],
    ] as const)
      expect(await json('key', command, id)).toMatchObject({ state });
    expect(await json('key', 'destroy', id, '--dry-run')).toMatchObject({ dryRun: true, succeeds: true });
    expect(await json('key', 'destroy', id, '--waiting-days', '30')).toMatchObject({ state: 'DESTROY_SCHEDULED' });
    expect(await json('key', 'cancel-destroy', id)).toMatchObject({ id });
    expect(await ok(['key', 'public-key', id])).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(await json('key', 'show', id)).toMatchObject({ id, label: 'short life' });
    expect(await ok(['key', 'list', '--label', 'short life'])).toMatch(new RegExp(`^ID +LABEL .*\n${id}  short life`));
  });

  it('lets an application in by a credential that it makes', async () => {
    await ok(['service-account', 'create', 'billing', '--role', 'application-admin', '--key-out', 'billing.json']);
    expect((await stat(inDirectory('billing.json'))).mode & 0o777).toBe(0o600);
    await ok(['login', '--key-file', 'billing.json', '--as', 'billing']);
    await ok(['profile', 'use', 'admin']);
    expect(await json('-p', 'billing', 'key', 'create', 'its own')).toMatchObject({ label: 'its own' });
    expect((await anka(['-p', 'billing', 'policy', 'set', '-'], { input: '{}' })).code).toBeGreaterThan(0);
    const [account] = await json<{ id: string }[]>('service-account', 'list');
    await ok(['service-account', 'remove', account?.id ?? '']);
    expect(await anka(['-p', 'billing', 'key', 'list'])).toMatchObject({ code: 3 });
    await ok(['logout', 'billing']);
  });

  it('changes the policy, and lets a second person approve what needs two', async () => {
    await ok(['key', 'create', 'precious', '--alias', 'precious']);
    const document = JSON.parse(await ok(['policy', 'templates', 'permissive-dev'])) as object;
    await writeFile(inDirectory('policy.json'), JSON.stringify({ ...document, dualControl: ['destroy'] }));
    expect(await json('policy', 'set', 'policy.json', '--dry-run')).toMatchObject({ succeeds: true });
    expect(await json('policy', 'impact', 'policy.json')).toBeTypeOf('object');
    expect(await json('policy', 'set', 'policy.json')).toMatchObject({ dualControl: ['destroy'] });
    const waiting = await anka(['key', 'destroy', 'precious']);
    const approval = /approval approve (\S+)/.exec(waiting.stderr)?.[1] ?? '';
    expect(waiting.code).toBe(9);
    expect(await anka(['approval', 'approve', approval])).toMatchObject({ code: 4 });
    expect(await json('-p', 'officer', 'approval', 'list')).toMatchObject([{ id: approval }]);
    await ok(['-p', 'officer', 'approval', 'approve', approval]);
    expect(await json('key', 'show', 'precious')).toMatchObject({ state: 'DESTROY_SCHEDULED' });
  });

  it('attaches a SIEM to the trail', async () => {
    const settings = { kind: 'otlp', url: 'https://127.0.0.1:1/v1/logs' };
    await writeFile(inDirectory('otlp.json'), JSON.stringify(settings));
    expect(await json('connector', 'create', 'SOC', 'otlp.json', '--dry-run')).toMatchObject({ succeeds: true });
    const { id } = await json<{ id: string }>('connector', 'create', 'SOC', 'otlp.json', '--off');
    expect(await json('connector', 'test', id)).toMatchObject({
      id,
      result: 'pause',
      reason: expect.stringContaining('internal') as string,
    });
    expect(await json('connector', 'edit', id, '--name', 'SOC 2')).toMatchObject({ id, name: 'SOC 2', settings });
    expect(await anka(['connector', 'replay', id, '--from-seq', '1'])).toMatchObject({
      stderr: expect.stringContaining('Nothing was delivered') as string,
    });
    expect(await json('connector', 'enable', id)).toMatchObject({ enabled: true });
    expect(await json('connector', 'resume', id)).toMatchObject({ id });
    expect(await json('connector', 'disable', id)).toMatchObject({ enabled: false });
    expect(await json('connector', 'show', id)).toMatchObject({ id, name: 'SOC 2', enabled: false });
    expect(await ok(['connector', 'list'])).toMatch(new RegExp(`^ID +NAME +KIND .*\n${id} +SOC 2 +otlp +off`));
    await ok(['connector', 'remove', id]);
    expect(await json('connector', 'list')).toEqual([]);
  });

  it('reads and verifies the audit trail', async () => {
    const events = await json<{ operation: string }[]>('audit', 'events', '--operation', 'key.create', '--limit', '2');
    expect(events.length).toBeGreaterThan(0);
    expect(await json('audit', 'verify')).toMatchObject({ valid: true });
  });

  it('manages tenants and looks at the HSM as the platform’s administrator', async () => {
    const token = await rig.mint({
      tenantId: platformTenantId,
      subject: 'platform',
      roles: ['platform-admin'],
    });
    const as = { env: { ANKASECURE_TOKEN: token, ANKASECURE_URL: rig.baseUrl } };
    expect(await ok(['tenant', 'list'], as)).toContain(tenant.slug);
    expect(await ok(['hsm', 'capabilities', '-o', 'yaml'], as)).toMatch(/^partition: default$/m);
    expect(JSON.parse(await ok(['hsm', 'algorithms', '-o', 'json']))).toHaveProperty('items');
  });

  it('reaches every operation', async () => {
    const listed = JSON.parse(await ok(['api', '-o', 'json'])) as { operation: string }[];
    expect(listed.map(({ operation }) => operation)).toEqual(Object.keys(operationTable));
    const made = JSON.parse(
      await ok(['api', 'createKey', '--body', '@-', '-o', 'json'], {
        input: '{"algorithm": "EC-P256", "label": "by api"}',
      }),
    ) as { id: string; revision: number };
    await ok([
      'api',
      'editKey',
      '--path',
      `id=${made.id}`,
      '--if-match',
      String(made.revision),
      '--body',
      '{"label": "x"}',
    ]);
    expect(await json('api', 'getKey', '--path', `id=${made.id}`)).toMatchObject({ label: 'x' });
    expect((await json<unknown[]>('api', 'listKeys', '--query', 'limit=1', '--all')).length).toBeGreaterThan(1);
    expect(await anka(['api', 'getNothing'])).toMatchObject({ code: 2 });
  });

  it.each([
    [['key', 'show', 'nothing'], 5, 'key-not-found: [\\s\\S]*ankasecure key list[\\s\\S]*Correlation id'],
    [['encrypt', '--key', 'box', 'no-such-file'], 2, 'no-such-file cannot be read'],
    [['encrypt'], 2, 'required option'],
    [['no-such-command'], 2, 'unknown command'],
    [['-p', 'nobody', 'key', 'list'], 2, 'There is no profile nobody'],
    [['--url', 'http://127.0.0.1:1', 'key', 'list'], 2, 'credential is for another URL'],
    [['key', 'list', '--limit', 'x'], 2, 'number greater than 0'],
    [['login', 'http://127.0.0.1:1', '--key-file', 'no-such-file'], 3, 'no-such-file'],
  ] as const)('%j ends with %i and says what to do', async (args, code, said) => {
    const ended = await anka(args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(new RegExp(said));
  });

  it('says so without a login, and without a platform', async () => {
    const away = { env: { ANKASECURE_CONFIG: inDirectory('none.json') } };
    expect(await anka(['key', 'list'], away)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ankasecure login') as string,
    });
    const gone = {
      env: { ANKASECURE_TOKEN: 'x', ANKASECURE_URL: 'http://127.0.0.1:1', ANKASECURE_CONFIG: inDirectory('none.json') },
    };
    const ended = await anka(['key', 'list', '--timeout', '1'], gone);
    expect(ended).toMatchObject({ code: 7, stderr: expect.stringContaining('connection-failed') as string });
  });

  it('refuses what one request does not take', async () => {
    await writeFile(inDirectory('large'), Buffer.alloc(1024 * 1024 + 1));
    expect(await anka(['encrypt', '-k', 'box', 'large'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('has help with an example for each command, and a manual', async () => {
    const man = await readFile(new URL('../../../apps/cli/man/ankasecure.1', import.meta.url), 'utf8');
    for (const command of [
      'login',
      'encrypt',
      'decrypt',
      'sign',
      'verify',
      'api',
      'key create',
      'policy set',
      'tenant list',
    ]) {
      const help = await ok([...command.split(' '), '--help']);
      expect(help).toMatch(new RegExp(`^Usage: ankasecure ${command}[\\s\\S]*\nExample:\n  ankasecure ${command}`));
      expect(man).toContain(`.SS ankasecure ${command}`);
    }
    expect(await ok(['--help'])).toMatch(/Exit codes:[\s\S]*waits for a second person/);
    expect(await ok(['--version'])).toBe('0.1.0\n');
  });

  it('completes a line', async () => {
    const words = async (...before: string[]) => (await ok(['completion', 'words', '--', ...before])).split('\n');
    expect(await words()).toEqual(expect.arrayContaining(['login', 'key', 'encrypt', '--output']));
    expect(await words('key')).toEqual(expect.arrayContaining(['create', 'rotate', 'destroy']));
    expect(await words('key', 'create')).toEqual(expect.arrayContaining(['--algorithm', '--dry-run']));
    for (const shell of ['bash', 'zsh', 'fish']) expect(await ok(['completion', shell])).toContain('completion words');
  });
});
