import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, services } from '@ankasecure/contracts';
import { parseConfig } from '@ankasecure/service-kit';
import { afterAll, describe, expect, it } from 'vitest';
import { type Compose, type ComposeService, readCompose } from './deployment/compose.js';
import { composeFaults, oneShots } from './deployment/compose-fault.js';
import { readDockerfile } from './deployment/dockerfile.js';
import { migrationSchema, runs, schemaOf } from './deployment/schema.js';
import {
  compose,
  configurationPath,
  matches,
  ours,
  prepare,
  read,
  running,
  secretsDirectory,
  serviceNamed,
  withoutComments,
} from './deployment/workplace.js';

const dockerfile = readDockerfile(read('deploy/docker/Dockerfile'));
const entries = (of: Compose): [string, ComposeService][] => Object.entries(of.services);

const prepared = prepare();
afterAll(prepared.remove);

describe('docker-compose.yml', () => {
  it('keeps the rules of the deployment', () => {
    expect(composeFaults(compose)).toEqual([]);
  });

  it('starts the four services, with two workers', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['postgres', 'nats', ...services]));
    expect(compose.services['crypto-worker']?.deploy.replicas).toBe(2);
    expect(oneShots(compose)).toEqual(
      new Set(['databases', 'softhsm-token', ...services.map((service) => `${service}-migrate`)]),
    );
  });

  it('names only files that exist, in the repository or after prepare.mjs has run', () => {
    const files = [...Object.values(compose.configs), ...Object.values(compose.secrets)].map(({ file }) => file);
    expect(files.filter((file) => !existsSync(prepared.fileOf(file)))).toEqual([]);
    expect(Object.values(compose.secrets).filter(({ file }) => !file.startsWith(secretsDirectory))).toEqual([]);
  });

  it('builds only stages that exist, with arguments that they declare', () => {
    for (const { build } of Object.values(compose.services)) {
      if (build === undefined) continue;
      expect(build).toMatchObject({ context: '.', dockerfile: 'deploy/docker/Dockerfile' });
      expect([...dockerfile.stages.keys()]).toContain(build.target);
      for (const [name, value] of Object.entries(build.args))
        expect(value).toContain(`:-${dockerfile.args.get(name)}}`);
    }
  });

  it('needs no environment variable of the caller', () => {
    const variables = matches(withoutComments(read('docker-compose.yml')), /\$\{?([A-Za-z_][^}\s"]*)/g);
    expect(variables.filter((variable) => !/^[A-Z_]+:-/.test(variable))).toEqual([]);
  });

  it('gives the token’s PIN only to the crypto-worker and to the container that initialises the token', () => {
    const readers = (secret: string) =>
      entries(compose)
        .filter(([, { secrets }]) => secrets.some(({ source }) => source === secret))
        .map(([name]) => name);
    expect(readers('pkcs11_pin')).toEqual(['softhsm-token', 'crypto-worker']);
    expect(readers('softhsm_so_pin')).toEqual(['softhsm-token']);
    expect(
      entries(compose)
        .filter(([, { volumes }]) => volumes.some((volume) => volume.startsWith('softhsm:')))
        .map(([name]) => name),
    ).toEqual(['softhsm-token', 'crypto-worker']);
  });

  it('gives the login of a database’s owner to its migration and not to its service', () => {
    const owners = ours.filter(([, { secrets }]) => secrets.some(({ source }) => source.endsWith('_owner')));
    expect(owners.map(([name]) => name).sort()).toEqual(services.map((service) => `${service}-migrate`).sort());
  });
});

describe('the rules can fail', () => {
  const broken = (change: (services: Compose['services']) => void): string[] => {
    const copy = structuredClone(compose);
    change(copy.services);
    return composeFaults(copy);
  };
  const of = (all: Compose['services'], name: string): ComposeService => {
    const found = all[name];
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };

  it.each<[string, (all: Compose['services']) => void, string]>([
    ['root', (all) => Object.assign(of(all, 'audit'), { user: '0:0' }), 'audit: runs as root'],
    ['a user by name', (all) => Object.assign(of(all, 'audit'), { user: 'node' }), 'audit: runs as root'],
    ['a writable root file system', (all) => Object.assign(of(all, 'nats'), { read_only: false }), 'nats: may write'],
    ['kept capabilities', (all) => Object.assign(of(all, 'postgres'), { cap_drop: ['NET_RAW'] }), 'postgres: keeps'],
    [
      'new privileges',
      (all) => Object.assign(of(all, 'policy'), { security_opt: ['label:disable'] }),
      'policy: may gain',
    ],
    ['a floating tag', (all) => Object.assign(of(all, 'nats'), { image: 'nats:alpine' }), 'nats: has an image'],
    [
      'no health check',
      (all) => Object.assign(of(all, 'policy'), { healthcheck: { disable: true } }),
      'policy: has no health check',
    ],
    [
      'a published database',
      (all) => Object.assign(of(all, 'postgres'), { ports: ['5432:5432'] }),
      'postgres: publishes',
    ],
    [
      'a worker with a way out',
      (all) => Object.assign(of(all, 'crypto-worker'), { networks: ['edge'] }),
      'crypto-worker: reaches out',
    ],
    [
      'a network nobody declared',
      (all) => Object.assign(of(all, 'audit'), { networks: ['siem'] }),
      'audit: networks has no siem',
    ],
    ['a secret nobody uses', (all) => Object.assign(of(all, 'nats'), { secrets: [] }), 'nats_tls_key: of secrets'],
    [
      'waiting for nobody',
      (all) => Object.assign(of(all, 'audit'), { depends_on: { siem: { condition: 'service_healthy' } } }),
      'audit: waits for siem',
    ],
  ])('on %s', (_, change, fault) => {
    expect(broken(change)).toContainEqual(expect.stringContaining(fault));
  });

  it('on a key that is not of the schema', () => {
    expect(() =>
      readCompose(read('docker-compose.yml').replace('    stop_signal: SIGINT', '    privileged: true')),
    ).toThrow('privileged');
  });
});

describe.each(ours)('the configuration of %s', (name, service) => {
  const text = withoutComments(prepared.configurationOf(service));
  const schema = () => (name.endsWith('-migrate') ? migrationSchema : schemaOf(runs(name) as Service));
  const sorted = (values: readonly string[]): string[] => [...values].sort();

  it('fits its own schema with the mounted secrets', async () => {
    const config = parseConfig(text, await schema(), prepared.secretsOf(service)) as {
      database: { host: string; name: string; user: string };
    };
    expect(config.database).toMatchObject({ host: 'postgres', user: `${config.database.name}_app` });
    expect(service.networks).toContain('database');
  });

  it('uses exactly the mounted secrets', () => {
    const placeholders = matches(text, /\$\{([A-Za-z_][\w.-]*)/g);
    const paths = matches(text, /\/run\/secrets\/(\w+)/g);
    expect(sorted([...placeholders, ...paths])).toEqual(sorted(service.secrets.map(({ target }) => target)));
  });

  it('names exactly the mounted files', () => {
    const mounted = service.configs.map(({ target }) => target).filter((target) => target !== configurationPath);
    expect(matches(text, /(\/etc\/ankasecure\/[\w.-]+)/g)).toEqual(sorted(mounted));
  });
});

describe('services reach their configured peers', () => {
  it.each(running)('%s: the bus, and a health check on its own port', (_, service) => {
    const text = prepared.configurationOf(service);
    expect(text).toContain('servers: [tls://nats:4222]');
    expect(service.networks).toContain('bus');
    expect(text).toMatch(/observability:\n {4}host: 0\.0\.0\.0\n {4}port: 9464\n/);
  });

  it('the published port is the one the gateway listens on', () => {
    expect(compose.services['gateway']?.ports).toEqual(['${ANKASECURE_PORT:-8443}:8443']);
    expect(prepared.configurationOf(serviceNamed('gateway'))).toContain('port: 8443');
    expect(read('deploy/docker/healthcheck.mjs')).toContain(':9464');
  });

  it('a third-party container mounts exactly the secrets that it reads', () => {
    const mounted = (name: string) => compose.services[name]?.secrets.map(({ target }) => target).sort();
    const names = (text: string): string[] => matches(text, /secret\('(\w+)'\)/g);
    const roles = ours
      .flatMap(([, { secrets }]) => secrets.map(({ source }) => source))
      .filter((source) => source.startsWith('ankadb_'));
    expect(mounted('postgres')).toEqual(
      matches(Object.values(compose.services['postgres']?.environment ?? {}).join(' '), /\/run\/secrets\/(\w+)/g),
    );
    expect(mounted('nats')).toEqual(
      matches(readFileSync(join(prepared.directory, 'nats/nats.conf'), 'utf8'), /\/run\/secrets\/(\w+)/g),
    );
    expect(mounted('softhsm-token')).toEqual(names(read('deploy/docker/init-token.mjs')));
    expect(mounted('databases')).toEqual(
      [...new Set([...names(read('deploy/docker/databases.mjs')), ...roles])].sort(),
    );
  });
});
