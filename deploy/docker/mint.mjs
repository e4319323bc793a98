// node deploy/docker/mint.mjs [--tenant ID] [--subject NAME] [--roles a,b] [--hours N] [--directory DIR]
// Prints a token of the development issuer that prepare.mjs created. Without --tenant the token is a platform
// administrator's, who creates tenants. With it the token is that tenant's administrator's, who may do everything in it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, localModule } from './local-module.mjs';

const { openIssuer, roles: known } = await localModule('identity');
const { platformTenantId } = await import('@ankasecure/contracts');

const read = () => {
  const option = { type: 'string' };
  const { values } = parseArgs({
    options: { tenant: option, subject: option, roles: option, hours: option, directory: option },
  });
  const usual = values.tenant === undefined ? ['platform-admin'] : known.filter((role) => role !== 'platform-admin');
  const roles = values.roles?.split(',') ?? usual;
  const stranger = roles.find((role) => !known.includes(role));
  if (stranger !== undefined) throw new Error(`There is no role ${stranger}. The roles are ${known.join(', ')}.`);
  const hours = Number(values.hours ?? 8);
  if (!(hours > 0)) throw new Error('--hours takes a number above 0.');
  const identity = join(values.directory ?? fileURLToPath(new URL('secrets', import.meta.url)), 'identity');
  if (!existsSync(identity)) throw new Error('There is no issuer yet. Create it with: node deploy/docker/prepare.mjs');
  const claims = {
    tenantId: values.tenant ?? platformTenantId,
    subject: values.subject ?? 'administrator',
    roles,
    lifetimeSeconds: Math.round(hours * 3600),
  };
  return { identity, claims };
};

try {
  const { identity, claims } = read();
  const issuer = await openIssuer(identity);
  process.stdout.write(`${await issuer.mint(claims)}\n`);
} catch (error) {
  fail(error);
}
