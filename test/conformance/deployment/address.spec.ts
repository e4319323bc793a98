import { type Service, services } from '@ankasecure/contracts';
import { parseConfig } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { schemaOf } from './schema.js';
import { read } from './workplace.js';

/** Schemes that somebody could write by mistake, or to find out what is taken. */
const schemes = 'http https ws wss ftp file tcp tls nats postgres postgresql grpc dns ldap data javascript'.split(' ');

/** What a setting takes. */
interface Kind {
  readonly schemes: readonly string[];
  /** The address of a scheme that would be taken if its scheme is. */
  readonly of: (scheme: string) => string;
  readonly takes: readonly string[];
  readonly refuses: readonly string[];
}

const bus: Kind = {
  schemes: ['tls', 'nats'],
  of: (scheme) => `${scheme}://nats.test:4222`,
  takes: ['tls://nats', 'TLS://nats:4222', 'nats://10.0.0.1:4222/', 'tls://[::1]:4222', 'tls://my_bus-1.local:65535'],
  refuses: [
    ...['', 'nats:4222', 'nats', 'tls://', 'tls:nats:4222', '//nats:4222', 'tls://nats:0', 'tls://nats:65536'],
    ...['tls://user:word@nats:4222', 'tls://token@nats:4222', 'tls://nats:4222/path', 'tls://nats:4222?tls=false'],
    ...['tls://nats:4222,http://nats:4222', 'tls://nats 4222', ' tls://nats:4222', 'tls://nats:4222\n'],
  ],
};
const host: Kind = {
  schemes: [],
  of: (scheme) => `${scheme}://name.test`,
  takes: ['127.0.0.1', '::1', 'name.test', 'name_1', '/var/run/postgresql'],
  refuses: [''],
};
const keySet: Kind = {
  schemes: ['https'],
  of: (scheme) => `${scheme}://login.test/keys`,
  takes: ['http://127.0.0.1:8080/keys', 'http://localhost/keys', 'HTTPS://login.test/keys'],
  refuses: ['', 'login.test/keys', 'http://127.0.0.1.login.test/keys', 'https://user:word@login.test/keys'],
};
const ownAddress: Kind = {
  schemes: ['https'],
  of: (scheme) => `${scheme}://api.test`,
  takes: ['http://127.0.0.1:8080', 'https://api.test/hsm'],
  refuses: ['', 'api.test', 'https://api.test/', 'https://api.test?x=1', 'https://user:word@api.test'],
};
const problemTypes: Kind = {
  schemes: ['http', 'https'],
  of: (scheme) => `${scheme}://docs.test/problems/`,
  takes: ['/problems/', 'https://docs.test/page.md#'],
  refuses: ['', 'docs.test/problems/', 'https://docs.test/problems', 'https://user:word@docs.test/problems/'],
};
const nameServer: Kind = {
  schemes: [],
  of: (scheme) => `${scheme}://127.0.0.1`,
  takes: ['127.0.0.1', '127.0.0.1:5353', '::1', '[::1]:5353'],
  refuses: ['', 'dns.test'],
};

const common: Readonly<Record<string, Kind>> = {
  'nats.servers.0': bus,
  'database.host': host,
  'observability.host': host,
};
const settings: Readonly<Record<Service, Readonly<Record<string, Kind>>>> = {
  gateway: {
    ...common,
    'http.host': host,
    'http.problem-types': problemTypes,
    'identity.issuers.0.jwks-url': keySet,
    'identity.service-accounts.issuer': ownAddress,
    'outbound.dns-servers.0': nameServer,
  },
  policy: common,
  audit: common,
  'crypto-worker': common,
};

/** Settings that are compared and never visited. */
const names = ['identity.issuers.0.issuer', 'identity.repairers.0.issuer'];

interface JsonSchema {
  readonly type?: string;
  readonly enum?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

const kebab = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The paths of the texts of a configuration. */
const textsOf = ({ type, properties = {}, items, anyOf = [], ...rest }: JsonSchema, at: string): readonly string[] => [
  ...(type === 'string' && rest.enum === undefined ? [at] : []),
  ...Object.entries(properties).flatMap(([key, inner]) =>
    textsOf(inner, at === '' ? kebab(key) : `${at}.${kebab(key)}`),
  ),
  ...(items === undefined ? [] : textsOf(items, `${at}.0`)),
  ...anyOf.flatMap((inner) => textsOf(inner, at)),
];

const isOfAddress = (path: string): boolean =>
  /url|uri|host$|server|issuer$|types$|endpoint|address$|proxy$/.test(
    path
      .replace(/\.\d+$/, '')
      .split('.')
      .at(-1) ?? '',
  );

const seed = 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4';
const resolve = (name: string): string => (name === 'nats_seed' ? seed : 'p'.repeat(40));

type Section = Record<string, unknown>;

/** The configuration of the composition with one other value. */
const withValue = (service: Service, path: string, value: string): string => {
  const document = parse(read('deploy/docker/config', `${service}.yml`)) as { ankasecure: Section };
  const keys = path.split('.');
  let at = document.ankasecure;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    at[key] ??= keys[index + 1] === '0' ? [] : {};
    at = at[key] as Section;
  }
  if (path.endsWith('jwks-url')) delete at['jwks-file'];
  at[keys.at(-1) ?? ''] = value;
  return stringify(document);
};

describe.each(services)('an address in the configuration of %s', (service) => {
  const rows = Object.entries(settings[service]).map(([path, kind]) => ({ path, kind }));
  const load = async (path: string, value: string): Promise<void> => {
    parseConfig(withValue(service, path, value), await schemaOf(service), resolve);
  };

  it('is tried here', async () => {
    const schema = z.toJSONSchema(await schemaOf(service), { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const found = [...new Set(textsOf(schema, ''))].filter((path) => isOfAddress(path) && !names.includes(path));
    expect(found.toSorted()).toEqual(Object.keys(settings[service]).toSorted());
  });

  it.each(rows)('$path is taken in its documented forms', async ({ path, kind }) => {
    for (const value of [...kind.takes, ...kind.schemes.map(kind.of)]) await load(path, value);
  });

  it.each(rows)('$path is refused by name in any other form', async ({ path, kind }) => {
    const others = schemes.filter((scheme) => !kind.schemes.includes(scheme)).map(kind.of);
    for (const value of [...kind.refuses, ...others]) {
      const refusal = await load(path, value).then(
        () => 'taken',
        (error: Error) => error.message,
      );
      const start = `configuration is not valid: ankasecure.${path}: `;
      expect([value, refusal.slice(0, start.length)]).toEqual([value, start]);
      if (value.includes('word')) expect(refusal).not.toContain('word@');
    }
  });
});
