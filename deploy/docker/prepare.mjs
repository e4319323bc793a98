// node deploy/docker/prepare.mjs [--directory DIR]
// Writes the files that docker-compose.yml mounts: passwords, PINs, nkeys, the bus's configuration, certificates and the
// development issuer. Existing files are kept, except certificates, which are replaced (they last 397 days).
// ANKASECURE_PARTITIONS lists further HSM partitions, with blanks between them. A partition that was prepared once is kept.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, localModule } from './local-module.mjs';

const { makeCertificates } = await localModule('certificate');
const { databaseOf } = await localModule('configuration');
const { partitionRoleOf, roleOf } = await localModule('database');
const { openIssuer } = await localModule('identity');
const { natsConfiguration } = await localModule('nats');
const { keptSecret, privateDirectory, writePrivate } = await localModule('secret');
const { permissionsOf, services } = await import('@ankasecure/contracts');
const { createUser, fromSeed } = await import('@nats-io/nkeys');

const { values } = parseArgs({ options: { directory: { type: 'string' } } });
const directory = values.directory ?? fileURLToPath(new URL('secrets', import.meta.url));

/**
 * Compose mounts a file with its owner and mode, and the containers' users are not ours. A mounted file is therefore
 * readable by everyone, inside a directory that only its owner may enter.
 */
const mounted = (path) => chmodSync(path, 0o444);
const publicFile = (path) => chmodSync(path, 0o644);

const file = (...names) => join(directory, ...names);
const secret = (name, bytes) => {
  keptSecret(directory, name, bytes);
  mounted(file(name));
};
const secretName = (service, what) => `${service.replace('crypto-worker', 'crypto_worker')}_${what}`;

const seedName = /^crypto_worker_(.+)_nats_seed$/;

/** The further partitions: those that are asked for, and those that were prepared before. */
const partitionsIn = (text) => {
  const asked = text.split(' ').filter((name) => name !== '' && name !== 'default');
  const stranger = asked.find((name) => !/^[a-z0-9-]{1,32}$/.test(name));
  if (stranger !== undefined)
    throw new Error(`${stranger} cannot name a partition: use up to 32 of a-z, 0-9 and hyphens.`);
  const before = readdirSync(directory).map((name) => seedName.exec(name)?.[1] ?? '');
  return [...new Set([...before, ...asked])].filter((name) => name !== '').toSorted();
};

/** Returns the public nkey of a service, or of a partition's workers, and stores its seed as a secret. */
const nkeyOf = (name) => {
  const path = file(secretName(name, 'nats_seed'));
  if (!existsSync(path)) writePrivate(path, new TextDecoder().decode(createUser().getSeed()));
  mounted(path);
  return fromSeed(readFileSync(path)).getPublicKey();
};

/** Creates a certificate for one server under an authority whose key is deleted at once. */
const certificate = async (name, names) => {
  rmSync(file(name), { recursive: true, force: true });
  const { caFile, certificateFile, keyFile } = await makeCertificates(privateDirectory(file(name)), names);
  rmSync(file(name, 'ca-key.pem'));
  [caFile, certificateFile].forEach(publicFile);
  mounted(keyFile);
};

const writeNatsConfiguration = (partitions) => {
  const users = [
    ...services.map((service) => ({
      nkey: nkeyOf(service),
      permissions: permissionsOf(service, service === 'crypto-worker' ? 'default' : '*'),
    })),
    ...partitions.map((partition) => ({
      nkey: nkeyOf(`crypto_worker_${partition}`),
      permissions: permissionsOf('crypto-worker', partition),
    })),
  ];
  const tls = { certificateFile: '/etc/nats/server.pem', keyFile: '/run/secrets/nats_tls_key' };
  const monitoring = 'http: "127.0.0.1:8222"\n';
  const path = file('nats', 'nats.conf');
  writeFileSync(path, natsConfiguration(4222, tls, users, '0.0.0.0') + monitoring);
  publicFile(path);
};

const prepare = async () => {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o700);
  const partitions = partitionsIn(process.env.ANKASECURE_PARTITIONS ?? '');
  secret('postgres_password');
  for (const database of Object.values(databaseOf)) for (const role of ['owner', 'app']) secret(roleOf(database, role));
  for (const partition of partitions) secret(partitionRoleOf(databaseOf['crypto-worker'], partition));
  for (const service of services) if (service !== 'gateway') secret(secretName(service, 'cursor_secret'));
  secret('pkcs11_pin', 8);
  secret('softhsm_so_pin', 8);
  await certificate('nats', 'DNS:nats');
  await certificate('gateway', 'DNS:localhost,DNS:gateway,IP:127.0.0.1');
  writeNatsConfiguration(partitions);
  publicFile((await openIssuer(file('identity'))).jwksFile);
};

await prepare().catch(fail);

const shown = relative(process.cwd(), directory) || '.';
process.stdout.write(`Secrets, certificates and the bus's configuration are in ${shown}, which only you may enter.

Next:
  docker compose up --build --detach --wait
  export ANKASECURE_TOKEN=$(node deploy/docker/mint.mjs)
  curl --cacert ${shown}/gateway/ca.pem https://localhost:8443/api/v1/tenants \\
    -H "authorization: Bearer $ANKASECURE_TOKEN" -H 'content-type: application/json' -d '{"slug":"demo","name":"Demo"}'
  node deploy/docker/mint.mjs --tenant <the id in the answer>

To start again from nothing: docker compose down --volumes && rm -r ${shown}
`);
