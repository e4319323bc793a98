import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseConfig } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import { schemaOf, vendorProfiles } from './schema.js';
import { read, root } from './workplace.js';

describe('deploy/hsm', () => {
  const vendors = ['softhsm', 'kryoptic', 'luna', 'nshield', 'cloudhsm', 'azure-dedicated', 'google'];
  const values: Record<string, string> = {
    nats_seed: 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4',
    db_password: 'p',
    cursor_secret: 'c'.repeat(32),
    pkcs11_pin: 'user:password',
    PKCS11_TOKEN_LABEL: 'ankasecure',
  };

  it('has one folder per supported HSM, each listed in the README', () => {
    const folders = readdirSync(join(root, 'deploy/hsm'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual([...vendors].sort());
    for (const vendor of vendors) expect(read('deploy/hsm/README.md')).toContain(`\`${vendor}\``);
  });

  it.each(vendors)('%s: loads through the worker’s schema, with its own vendor profile and library', async (vendor) => {
    const config = parseConfig(
      read('deploy/hsm', vendor, 'application.yml'),
      await schemaOf('crypto-worker'),
      (name) => values[name],
    );
    const { hsm } = config as { hsm: { pkcs11: { profile: string; libraryPath: string; kekLabelPrefix: string } } };
    const profile = (await vendorProfiles()).find(({ name }) => name === vendor);
    expect(hsm.pkcs11).toMatchObject({ profile: profile?.name, kekLabelPrefix: 'ankasecure:kek:tenant' });
    expect(profile?.library).toContain(basename(hsm.pkcs11.libraryPath));
  });

  it('the documented configuration of the product loads unchanged', async () => {
    const documented = `pkcs11:
      library-path: \${PKCS11_LIBRARY_PATH:/usr/lib/softhsm/libsofthsm2.so}
      slot-index: \${PKCS11_SLOT_INDEX:0}
      pin: \${pkcs11_pin}
      kek-label-prefix: ankasecure:kek:tenant
      session-pool-size: 10
      session-timeout-seconds: 30
`;
    const text = read('deploy/hsm/softhsm/application.yml').replace(/pkcs11:\n( {6}.*\n)+/, documented);
    expect(text).toContain('slot-index');
    const config = parseConfig(text, await schemaOf('crypto-worker'), (name) => values[name]);
    expect(config).toMatchObject({ hsm: { pkcs11: { slotIndex: 0, sessionPoolSize: 10, sessionTimeoutSeconds: 30 } } });
  });
});
