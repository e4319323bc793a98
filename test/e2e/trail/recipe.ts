import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Key } from '@ankasecure/contracts';
import type { Client } from '../harness/client.js';
import { connectorRecipes } from './connector-recipe.js';
import type { Fixed } from './fill.js';
import { type Larder, long, revisionOf } from './larder.js';

/** One call of a route: what cannot be filled from its schema alone. */
export interface Recipe {
  readonly operationId: string;
  readonly path: string;
  /** Query parameters at their limits. */
  readonly query?: Readonly<Record<string, string>>;
  readonly fixed?: Fixed;
  readonly etag?: string | undefined;
  readonly by?: Client;
  /** The number of events that the call leaves at least. Default: 1. */
  readonly events?: number;
  /** The expected status. Default: 200 or 201. A refusal is on record too. */
  readonly status?: number;
}

const soon = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const signing = { algorithm: 'EC-P256', purpose: 'sign', alg: 'ES256', custody: 'token' } as const;
const oneMebibyte = 1024 * 1024;

/** The moves of a key by callers, each on a key of its own. */
const moves: readonly [operationId: string, path: string, after: readonly string[]][] = [
  ['suspendKey', 'suspend', []],
  ['resumeKey', 'resume', ['suspend']],
  ['deactivateKey', 'deactivate', []],
  ['revokeKey', 'revoke', []],
  ['compromiseKey', 'compromise', []],
  ['scheduleDestruction', 'schedule-destroy', []],
  ['cancelDestruction', 'cancel-destroy', ['schedule-destroy']],
];

const moveRecipes = (larder: Larder): Promise<Recipe[]> =>
  Promise.all(
    moves.map(async ([operationId, path, after]) => {
      const { id } = await larder.key(after);
      const fixed = { version: 1, occurredAt: '2026-01-01T00:00:00.000Z' };
      return { operationId, path: `/keys/${id}/${path}`, fixed, etag: await revisionOf(larder.admin, `/keys/${id}`) };
    }),
  );

/** The public key of somebody else. */
const foreignKey = () => ({
  jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
});

const keyRecipes = async ({ admin, tenant, key }: Larder): Promise<Recipe[]> => {
  const [edited, granted, rotated, planned, dying] = [await key(), await key(), await key(), await key(), await key()];
  const waiting = await admin.post<Key>('/keys', { ...signing, label: 'w', activateAt: soon(30) });
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'public'] });
  const imported = { ...signing, label: 'f', custody: 'public', publicKey: foreignKey() };
  const foreign = await admin.post<Key>('/keys/import', imported);
  const etag = (of: Key): Promise<string> => revisionOf(admin, `/keys/${of.id}`);
  const alias = `a${'-'.repeat(127)}`;
  return [
    {
      operationId: 'createKey',
      path: '/keys',
      fixed: { ...signing, tenantId: tenant.id, activateAt: soon(1), activateIn: undefined, deactivateAt: soon(2) },
    },
    {
      operationId: 'importKey',
      path: '/keys/import',
      status: 400,
      fixed: {
        ...signing,
        tenantId: tenant.id,
        activateAt: soon(1),
        activateIn: undefined,
        deactivateAt: soon(2),
        custody: 'token',
        publicKey: undefined,
        method: 'rsa-aes-kwp',
        wrappingKeyId: undefined,
        wrappedKey: 'A'.repeat(10_920),
      },
    },
    { operationId: 'editKey', path: `/keys/${edited.id}`, etag: await etag(edited) },
    { operationId: 'putGrants', path: `/keys/${granted.id}/grants`, etag: await etag(granted), events: 100 },
    { operationId: 'deleteGrants', path: `/keys/${granted.id}/grants`, query: { kind: 'group', grantee: long(256) } },
    { operationId: 'putAlias', path: `/aliases/${alias}`, fixed: { keyId: edited.id } },
    { operationId: 'deleteAlias', path: `/aliases/${alias}`, etag: '"1"' },
    {
      operationId: 'activateKey',
      path: `/keys/${waiting.id}/activate`,
      fixed: { version: 1 },
      etag: await etag(waiting),
    },
    {
      operationId: 'rotateKey',
      path: `/keys/${rotated.id}/rotate`,
      fixed: { expectedVersion: 1, activateIn: 'P9999DT99999H', publicKey: undefined, formerKids: undefined },
      etag: await etag(rotated),
    },
    {
      operationId: 'rotateKey',
      path: `/keys/${foreign.id}/rotate`,
      fixed: { expectedVersion: 1, activateIn: undefined, publicKey: foreignKey() },
      etag: await etag(foreign),
    },
    {
      operationId: 'putRotationPolicy',
      path: `/keys/${planned.id}/rotation-policy`,
      fixed: { interval: 'P9999D', at: soon(9) },
    },
    {
      operationId: 'putCertificate',
      path: `/keys/${edited.id}/certificate`,
      status: 400,
      fixed: { x5c: undefined, pem: '"'.repeat(65_536), version: 1 },
    },
    { operationId: 'deleteCertificate', path: `/keys/${edited.id}/certificate`, status: 404 },
    { operationId: 'deleteRotationPolicy', path: `/keys/${planned.id}/rotation-policy` },
    { operationId: 'deleteKey', path: `/keys/${dying.id}`, query: { waitingDays: '3650' }, etag: await etag(dying) },
  ];
};

/** Names of a certification request at their limits. */
const largestNames = () => {
  const hundred = <Value>(value: Value) => Array.from({ length: 100 }, () => value);
  const host = `${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(61);
  return {
    subject: Array.from({ length: 32 }, () => ({ L: long(128) })),
    subjectAltNames: {
      dns: hundred(host),
      ip: hundred('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'),
      email: hundred(`${'a'.repeat(64)}@${host.slice(0, 189)}`),
      uri: hundred(`https://a.example/`.padEnd(512, 'u')),
    },
    alg: 'ES256',
    version: 1,
  };
};

const cryptoRecipes = async ({ key, admin, tenant }: Larder): Promise<Recipe[]> => {
  const { id: keyId } = await key();
  const box = await admin.post<Key>('/keys', { algorithm: 'AES-256', label: 'b' });
  await tenant.changePolicy({
    custody: ['token', 'wrapped', 'software', 'public'],
    rawKem: true,
    plaintextDataKeys: true,
  });
  const kem = { algorithm: 'ML-KEM-1024', purpose: 'encapsulate', custody: 'software', label: 'k' } as const;
  const encapsulating = await admin.post<Key>('/keys', kem);
  const text = '"'.repeat(oneMebibyte / 2);
  const digest = createHash('sha256').update('x').digest('base64url');
  const items = Array.from({ length: 1000 }, () => ({ keyId, digest, format: 'raw' }));
  return [
    {
      operationId: 'encrypt',
      path: '/encrypt',
      fixed: { keyId: box.id, alias: undefined, enc: undefined, plaintext: text, aad: text, encoding: 'utf8' },
    },
    {
      operationId: 'decrypt',
      path: '/decrypt',
      status: 400,
      fixed: {
        keyId: box.id,
        alias: undefined,
        jwe: `e30.${'A'.repeat(2_000_000)}...`,
        version: 1,
        aad: text,
        encoding: 'utf8',
      },
    },
    {
      operationId: 'sign',
      path: '/sign',
      fixed: {
        keyId,
        alias: undefined,
        payload: text,
        digest: undefined,
        alg: 'ES256',
        encoding: 'utf8',
        format: 'jws',
        version: 1,
        certificate: undefined,
      },
    },
    { operationId: 'sign', path: '/sign', fixed: { '': { items } }, events: 1000 },
    {
      operationId: 'verify',
      path: '/verify',
      fixed: {
        keyId,
        alias: undefined,
        jws: undefined,
        version: 1,
        signature: 'A'.repeat(2728),
        format: undefined,
        payload: text,
        digest: undefined,
        alg: 'ES256',
        encoding: 'utf8',
      },
    },
    {
      operationId: 'reencrypt',
      path: '/reencrypt',
      status: 400,
      fixed: {
        keyId: box.id,
        alias: undefined,
        jwe: `e30.${'A'.repeat(2_000_000)}...`,
        version: 1,
        aad: text,
        encoding: 'utf8',
        to: undefined,
        enc: undefined,
      },
    },
    {
      operationId: 'sign',
      path: '/sign',
      fixed: { '': { payload: text, encoding: 'utf8', keys: [{ keyId }, { keyId: (await key()).id }] } },
      events: 2,
    },
    {
      operationId: 'resign',
      path: '/resign',
      status: 400,
      fixed: {
        keyId,
        alias: undefined,
        jws: `e30.${'A'.repeat(2_000_000)}.`,
        version: 1,
        payload: text,
        encoding: 'utf8',
        to: undefined,
        header: undefined,
      },
    },
    { operationId: 'random', path: '/random', fixed: { bytes: 1024 } },
    {
      operationId: 'datakey',
      path: '/datakey',
      fixed: { keyId: box.id, alias: undefined, bytes: 64, enc: undefined, plaintext: true },
    },
    {
      operationId: 'requestCertificate',
      path: `/keys/${keyId}/csr`,
      fixed: { '': largestNames() },
    },
    {
      operationId: 'wrap',
      path: '/wrap',
      fixed: { keyId: box.id, alias: undefined, enc: undefined, jwk: { kty: 'oct', k: 'A'.repeat(65_000) } },
    },
    {
      operationId: 'unwrap',
      path: '/unwrap',
      status: 400,
      fixed: { keyId: box.id, alias: undefined, jwe: `e30.${'A'.repeat(2_000_000)}...`, version: 1 },
    },
    { operationId: 'encapsulate', path: '/encapsulate', fixed: { keyId: encapsulating.id, alias: undefined } },
    {
      operationId: 'decapsulate',
      path: '/decapsulate',
      fixed: {
        keyId: encapsulating.id,
        alias: undefined,
        version: 1,
        ciphertext: Buffer.alloc(1568).toString('base64url'),
      },
    },
  ];
};

const identityRecipes = async ({ admin, publicKeys, certificates }: Larder): Promise<Recipe[]> => {
  const all = [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
    'ML-DSA-44',
    'ML-DSA-65',
    'ML-DSA-87',
  ];
  const url = (name: string): string => `https://${name}.example/`.padEnd(512, 'u');
  const account = await admin.post<{ id: string }>('/service-accounts', {
    name: 'a',
    roles: ['user'],
    keys: publicKeys.slice(0, 1),
  });
  const exclusion = await admin.post<{ id: string }>('/exclusions', {
    issuer: url('nobody'),
    subject: long(256),
    reason: long(256),
  });
  const body = (name: string, sources: object): Fixed => ({
    algorithms: all,
    issuer: url(name),
    jwksUrl: undefined,
    keys: undefined,
    ...sources,
  });
  const issuer = await admin.post<{ id: string }>('/issuers', {
    issuer: url('old'),
    audience: long(256),
    algorithms: ['ES512'],
    jwksUrl: url('old-keys'),
    subjectPrefix: `${'o'.repeat(63)}:`,
  });
  const other = await admin.post<{ id: string }>('/issuers', {
    issuer: url('other'),
    audience: long(256),
    algorithms: ['ES512'],
    keys: publicKeys,
    subjectPrefix: `${'q'.repeat(63)}:`,
  });
  return [
    {
      operationId: 'createServiceAccount',
      path: '/service-accounts',
      fixed: { keys: publicKeys.slice(0, 10), certificates },
    },
    {
      operationId: 'putServiceAccount',
      path: `/service-accounts/${account.id}`,
      fixed: { keys: publicKeys.slice(0, 10), certificates },
      etag: await revisionOf(admin, `/service-accounts/${account.id}`),
    },
    { operationId: 'createExclusion', path: '/exclusions' },
    { operationId: 'deleteExclusion', path: `/exclusions/${exclusion.id}` },
    { operationId: 'deleteServiceAccount', path: `/service-accounts/${account.id}` },
    { operationId: 'createIssuer', path: '/issuers', fixed: body('new', { keys: publicKeys }) },
    { operationId: 'createIssuer', path: '/issuers', fixed: body('newer', { jwksUrl: url('keys') }) },
    {
      operationId: 'putIssuer',
      path: `/issuers/${issuer.id}`,
      fixed: body('put', { keys: publicKeys }),
      etag: await revisionOf(admin, `/issuers/${issuer.id}`),
    },
    { operationId: 'deleteIssuer', path: `/issuers/${other.id}` },
  ];
};

const policyRecipes = async ({ admin, tenant, platform }: Larder): Promise<Recipe[]> => {
  const algorithms = (await tenant.policy()).allowedAlgorithms;
  const sunsets = algorithms.map((algorithm, index) => ({
    algorithm,
    warnFrom: soon(3000 + index),
    protectUntil: soon(4000 + index),
    processUntil: soon(5000 + index),
    source: long(256),
  }));
  const purposes = { 'EC-P256': ['encrypt', 'sign'], 'AES-256': ['encrypt'] };
  const fixed = { fipsOnly: false, cnsa2: false, minimumStrength: 112, maxKeyLifeDays: 36_500, purposes, sunsets };
  const { id: other } = await platform.post<{ id: string }>('/tenants', { slug: `t-${randomUUID()}`, name: 'Other' });
  const kek = { operationId: 'rotateKek', path: `/tenants/${tenant.id}/kek/rotate` };
  return [
    kek,
    // A rotation that finds one under way, or begins the next: on record either way.
    kek,
    { operationId: 'createTenant', path: '/tenants', by: platform, fixed: { partition: 'default' } },
    { operationId: 'testHsm', path: '/hsms/default/selftest', by: platform, fixed: { quick: true }, events: 2 },
    { operationId: 'disableTenant', path: `/tenants/${other}/disable`, by: platform },
    { operationId: 'enableTenant', path: `/tenants/${other}/enable`, by: platform },
    { operationId: 'putPolicy', path: '/policy', fixed, etag: await revisionOf(admin, '/policy') },
  ];
};

/** The last recipes: with the policy that the others left, two people are needed. */
const approvalRecipes = async ({ admin, second }: Larder): Promise<Recipe[]> => {
  const etag = await revisionOf(admin, '/policy');
  const ask = async (version: number): Promise<string> => {
    const { body, status, text } = await admin.send<{ id: string }>('POST', '/policy/rollback', {
      body: { version },
      headers: { 'if-match': etag },
    });
    if (status !== 202) throw new Error(`no approval: ${text}`);
    return body.id;
  };
  const withdrawn = await ask(1);
  return [
    { operationId: 'rollbackPolicy', path: '/policy/rollback', fixed: { version: 1 }, etag, status: 202, events: 2 },
    { operationId: 'withdrawRequest', path: `/approvals/${withdrawn}` },
    { operationId: 'rejectRequest', path: `/approvals/${withdrawn}/reject`, by: second, status: 409 },
    { operationId: 'approveRequest', path: `/approvals/${withdrawn}/approve`, by: second, status: 409 },
  ];
};

/** Every call, in an order in which each can succeed. A group is prepared when the groups before it have run. */
export const recipes: readonly ((larder: Larder) => Promise<Recipe[]>)[] = [
  keyRecipes,
  moveRecipes,
  cryptoRecipes,
  identityRecipes,
  policyRecipes,
  connectorRecipes,
  approvalRecipes,
];

/** Routes that change nothing and use no key, and are not on record. */
export const withoutRecipe: Readonly<Record<string, string>> = {
  evaluatePolicy: 'asks what the policy says',
  evaluatePolicyChange: 'asks what a policy would say',
  verifyTrail: 'reads the trail',
  acceptTrails: 'accepts nothing while the trails are as the token knows them; apps/audit has its event',
  restoreTenant: 'restores nothing while no database is behind; the drill has its event',
  issueToken: 'takes a form; access/service-account.spec.ts has its event',
};
