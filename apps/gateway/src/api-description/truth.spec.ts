import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ids, instants } from '../route/example.js';
import { bodySchemaOf, type Route } from '../route/route.js';
import { routes } from '../routes/routes.js';
import { describeApi } from './api-description.js';

type Body = Readonly<Record<string, unknown>>;
type Validate = (value: unknown) => boolean;
interface Ajv {
  addSchema(schema: object, name: string): void;
  compile(schema: object): Validate;
}

/** Ajv, the JSON Schema validator that clients use, is CommonJS. */
const load = createRequire(import.meta.url);
const Ajv2020 = (load('ajv/dist/2020.js') as { default: new (options: object) => Ajv }).default;
const addFormats = (load('ajv-formats') as { default: (ajv: Ajv) => void }).default;
const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema(describeApi(routes), 'api');

const pointer = (path: string): string =>
  path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(/[{}]/g, encodeURIComponent);
const documented = ({ path, method }: Route): Validate =>
  ajv.compile({
    $ref: `api#/paths/${pointer(path)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`,
  });

const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));

/** Copies in which one list, at any depth, has its first item twice. */
const repetitions = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const deeper = items.flatMap((item, at) => repetitions(item).map((copy) => items.with(at, copy)));
    return items.length > 0 ? [[...items, items[0]], ...deeper] : deeper;
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    repetitions(member).map((copy) => ({ ...value, [name]: copy })),
  );
};

const subsets = (body: Body): readonly Body[] =>
  Object.entries(body).reduce<Body[]>(
    (all, [name, value]) => [...all, ...all.map((one) => ({ ...one, [name]: value }))],
    [{}],
  );

const keys = { keyId: ids.signingKey, alias: 'invoice-signing' };
const jwk = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: '1', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

/** Bodies with every member that rules between members speak of. Every subset of the members is tried. */
const full: Readonly<Record<string, readonly Body[]>> = {
  encrypt: [{ ...keys, plaintext: 'AAAA', encoding: 'base64url', aad: 'AAAA' }],
  decrypt: [{ ...keys, jwe: 'a.b.c.d.e', version: 1, encoding: 'utf8', acceptRisk: true }],
  reencrypt: [keys, {}].map((to) => ({ ...keys, jwe: 'a.b.c.d.e', version: 1, aad: 'AAAA', encoding: 'utf8', to })),
  resign: [keys, {}].map((to) => ({ ...keys, jws: 'a.b.c', version: 1, payload: 'AAAA', header: { typ: 'x' }, to })),
  datakey: [{ ...keys, bytes: 16, plaintext: true }],
  wrap: [{ ...keys, jwk: { kty: 'oct', k: 'AAAA' } }],
  unwrap: [{ ...keys, jwe: 'a.b.c.d.e', version: 1, acceptRisk: true }],
  encapsulate: [keys],
  decapsulate: [{ ...keys, version: 1, ciphertext: 'A'.repeat(1024), acceptRisk: true }],
  sign: [
    ...['raw', 'der', 'jws'].map((format) => ({
      ...keys,
      payload: 'AAAA',
      digest: 'AAAA',
      format,
      version: 1,
      header: { typ: 'at+jwt' },
    })),
    ...['raw', 'jws'].map((format) => ({ ...keys, payload: 'AAAA', format, certificate: 'chain' })),
    ...[keys, { keyId: ids.signingKey }].map((key) => ({ payload: 'AAAA', keys: [key], detached: true, alg: 'ES256' })),
  ],
  verify: [
    { ...keys, jws: 'a.b.c', signature: 'AAAA', payload: 'AAAA', digest: 'AAAA', format: 'der' },
    ...[{}, { payload: 'AAAA' }].map((payload) => ({
      jws: { ...payload, signatures: [{ protected: 'AAAA', signature: 'AAAA' }] },
      payload: 'AAAA',
      policy: 'ANY',
      keyId: ids.signingKey,
    })),
  ],
  evaluatePolicy: ['create', 'protect'].map((use) => ({
    use,
    keyId: ids.signingKey,
    algorithm: 'EC-P256',
    purpose: 'sign',
    custody: 'token',
    at: instants.later,
  })),
  putCertificate: [{ x5c: ['AAAA'], pem: 'x', version: 1 }],
  importKey: ['aes-kwp', 'rsa-aes-kwp'].flatMap((method) =>
    ['public', 'token'].map((custody) => ({
      algorithm: 'EC-P256',
      label: 'x',
      custody,
      publicKey: { der: 'AAAA' },
      method,
      wrappedKey: 'AAAA',
      wrappingKeyId: ids.signingKey,
    })),
  ),
  rotateKey: [{}, { jwk: { kty: 'OKP' } }, { pem: 'x' }, { jwk: { kty: 'EC' }, der: 'AAAA' }].map((publicKey) => ({
    publicKey,
    activateIn: 'PT5M',
  })),
  replayConnector: [{ fromSeq: 1000, from: instants.later, tenantId: ids.tenant }],
  putRotationPolicy: [{ interval: 'P90D', maxUses: 5, at: instants.later }],
  createIssuer: [
    {
      issuer: 'https://login.example.com',
      audience: 'anka',
      algorithms: ['EdDSA'],
      keys: [jwk],
      jwksUrl: 'https://login.example.com/jwks',
    },
  ],
  createServiceAccount: [{ name: 'billing', roles: ['user'], keys: [jwk], certificates: [] }],
};

const changed = ({ operationId, example }: Route): readonly unknown[] => {
  const body = example.request as Body;
  return [
    body,
    { ...body, anotherMember: 1 },
    ...Object.keys(body).map((name) => without(body, name)),
    ...repetitions(body),
    ...(full[operationId] ?? []).flatMap(subsets),
  ];
};

describe('the OpenAPI document requires what the service requires', () => {
  it.each(routes.filter(({ takes }) => takes === 'body').map((route) => [route.operationId, route] as const))(
    'of a body of %s',
    (_, route) => {
      const [accepts, says] = [bodySchemaOf(route), documented(route)];
      const bodies = changed(route);
      const [accepted, allowed] = [
        bodies.filter((body) => accepts.safeParse(body).success),
        bodies.filter((body) => says(body)),
      ];
      expect(allowed).toEqual(accepted);
      expect(accepted.length).toBeGreaterThan(0);
    },
  );

  it('and every table of members has a route', () => {
    const known = routes.map(({ operationId }) => operationId);
    expect(Object.keys(full).filter((operationId) => !known.includes(operationId))).toEqual([]);
  });
});
