import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { type ModuleCertificate, verdictsOf } from '@ankasecure/policy-rules';
import { parseConfig } from '@ankasecure/service-kit';
import { describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { partitionReader, schemaOf, standardProfile, vendorProfiles } from './schema.js';
import { headings, limitsNamedBy, limitsOf, readVendorPage, rowsOf } from './vendor-page.js';
import { matches, read, root } from './workplace.js';

const profiles = await vendorProfiles();
const named = profiles.map((profile) => [profile.name, profile] as const);
const values: Record<string, string> = {
  nats_seed: 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4',
  db_password: 'p',
  cursor_secret: 'c'.repeat(32),
  pkcs11_pin: 'user:password',
  PKCS11_TOKEN_LABEL: 'ankasecure',
};
/** What the placeholders of a vendor's sample resolve to. Only the sample of any other vendor has no library of its own. */
const resolveFor =
  (vendor: string) =>
  (placeholder: string): string | undefined =>
    vendor === 'generic' && placeholder === 'PKCS11_LIBRARY_PATH' ? '/opt/vendor/libpkcs11.so' : values[placeholder];
const pageOf = (name: string) => readVendorPage(read('deploy/hsm', name, 'README.md'));
const index = read('deploy/hsm/README.md');

interface Documented {
  readonly ankasecure: { readonly hsm: { readonly pkcs11: { cmvp: unknown } } };
}

/** The configuration of the product's documentation, as it stands there. */
const documented = `# application.yml
ankasecure:
  hsm:
    pkcs11:
      library-path: \${PKCS11_LIBRARY_PATH:/usr/lib/softhsm/libsofthsm2.so}
      slot-index: \${PKCS11_SLOT_INDEX:0}
      pin: \${pkcs11_pin} # From Docker Swarm secret or cloud KMS — never hardcoded
      kek-label-prefix: ankasecure:kek:tenant
      session-pool-size: 10
      session-timeout-seconds: 30
`;

describe('deploy/hsm', () => {
  it('has one folder per profile, and the index links each with its profile', () => {
    const folders = readdirSync(join(root, 'deploy/hsm'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual(profiles.map(({ name }) => name).sort());
    const linked = rowsOf(index).map(([link = '', profile = '']) => [
      /\]\(([\w-]+)\/README\.md\)/.exec(link)?.[1],
      profile.replaceAll('`', ''),
    ]);
    expect(linked.map(([folder]) => folder).sort()).toEqual(profiles.map(({ name }) => name).sort());
    for (const [folder, profile] of linked) expect(profile).toBe(folder);
    expect(read('README.md')).toContain('](deploy/hsm/README.md)');
  });

  it.each(named)('%s: loads through the worker’s schema, with its own profile and library', async (name, profile) => {
    const config = parseConfig(
      read('deploy/hsm', name, 'application.yml'),
      await schemaOf('crypto-worker'),
      resolveFor(name),
    );
    const { hsm } = config as { hsm: { pkcs11: { profile: string; libraryPath: string; kekLabelPrefix: string } } };
    expect(hsm.pkcs11).toMatchObject({ profile: name, kekLabelPrefix: 'ankasecure:kek:tenant' });
    if (name !== 'generic') expect(profile.library).toContain(basename(hsm.pkcs11.libraryPath));
  });

  it.each(named)('%s: has a page of the common shape, which names every file and secret', (name) => {
    const page = pageOf(name);
    expect([...page.sections.keys()]).toEqual(headings);
    const files = readdirSync(join(root, 'deploy/hsm', name)).filter((file) => file !== 'README.md');
    const linked = matches(page.sections.get('Files') ?? '', /\]\(([\w.-]+)\)/g);
    expect(linked).toEqual(files.sort());
    const placeholders = matches(read('deploy/hsm', name, 'application.yml'), /\$\{(pkcs11_\w+)/g);
    const secrets = rowsOf(page.sections.get('Secrets') ?? '').map(([secret = '']) => secret.replaceAll('`', ''));
    expect(secrets).toEqual(expect.arrayContaining(placeholders));
    expect(page.sections.get('Rights of the crypto user')?.trim()).not.toBe('');
    expect(page.sections.get('Container and Kubernetes')?.trim()).not.toBe('');
    expect(rowsOf(page.sections.get('Versions') ?? '').length).toBeGreaterThan(0);
  });

  it.each(named)('%s: names the limits of the profile’s row, all of them and no others', async (name, profile) => {
    const limits = limitsNamedBy(pageOf(name));
    const asWritten = [...limits].map(([setting, { value }]) => [setting, value]);
    expect(Object.fromEntries(asWritten)).toEqual(Object.fromEntries(limitsOf(profile, await standardProfile())));
    for (const [, { source }] of limits) expect(source).not.toBe('');
  });

  it('the certificate of a module loads as its page shows it, and decides about its algorithms', async () => {
    const [, block = ''] = /```yaml\n([^]*?)```/.exec(read('deploy/hsm/certificate.md')) ?? [];
    const shown = (parse(block) as Documented).ankasecure.hsm.pkcs11.cmvp;
    const sample = parse(read('deploy/hsm/luna/application.yml')) as Documented;
    sample.ankasecure.hsm.pkcs11.cmvp = shown;
    const config = parseConfig(stringify(sample), await schemaOf('crypto-worker'), resolveFor('luna'));
    const { cmvp } = (config as { hsm: { pkcs11: { cmvp: ModuleCertificate } } }).hsm.pkcs11;
    expect(cmvp).toMatchObject({ certificate: '1234', level: 3, sunset: '2031-01-31', asOf: '2026-11-30' });
    const module = { certificate: cmvp, firmware: '7.9' };
    const verdictOf = (algorithm: AlgorithmName, purpose: Purpose, at = '2031-01-30T23:59:59Z') => {
      const { listed, active } = verdictsOf({ algorithm, purpose }, module, Date.parse(at));
      return [listed.verdict, active.verdict];
    };
    expect(verdictOf('EC-P256', 'sign')).toEqual(['yes', 'yes']);
    expect(verdictOf('EC-P256', 'encrypt')).toEqual(['no', 'yes']);
    expect(verdictOf('ML-DSA-65', 'sign', '2031-01-31T00:00:00Z')).toEqual(['no', 'no']);
  });

  it('says which row was never run, and when the one service ends', () => {
    const untested = profiles.filter(({ evidence }) => evidence === 'documented').map(({ name }) => name);
    const rows = new Map(rowsOf(index).map(([, profile = '', tested = '']) => [profile.replaceAll('`', ''), tested]));
    for (const name of untested) expect(rows.get(name)).toMatch(/^nothing/);
    expect(index).toContain('2028-07-31');
    expect(read('deploy/hsm/azure-dedicated/README.md')).toContain('2028-07-31');
  });

  it('the documented configuration of the product loads unchanged', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'anka-documented-'));
    const file = join(directory, 'application.yml');
    writeFileSync(file, documented);
    vi.stubEnv('pkcs11_pin', 'user:password');
    const expected = { slotIndex: 0, sessionPoolSize: 10, sessionTimeoutSeconds: 30, pin: 'user:password' };
    expect((await partitionReader())(file, undefined).hsm).toMatchObject(expected);
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });

    const block = documented.slice(documented.indexOf('pkcs11:'));
    const text = read('deploy/hsm/softhsm/application.yml').replace(/pkcs11:\n( {6}.*\n)+/, block);
    expect(text).toContain('never hardcoded');
    const config = parseConfig(text, await schemaOf('crypto-worker'), (name) => values[name]);
    expect(config).toMatchObject({ hsm: { pkcs11: expected } });
  });
});
