import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { EncryptResult, ErrorCode, Key, SealedEvent, SignResult, WrappingKey } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ApiDescription } from '../harness/api-description.js';
import { type Application, newApplication } from '../harness/application.js';
import type { Client, Method, Reply, RequestParts } from '../harness/client.js';
import { wrapFor } from '../harness/known-key.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { type Surface, surfacesOf } from './api-surface.js';
import { rowsAtOnce, rowsThere, tenantTables } from './row-security.js';

/** Every identifier of a tenant's resources. */
interface TenantResources {
  readonly tenantId: string;
  readonly signing: Key;
  readonly wrapping: Key;
  readonly jwe: string;
  readonly wrapped: string;
  readonly wrappingPem: string;
  readonly jws: string;
  readonly signature: string;
  readonly events: readonly SealedEvent[];
  readonly idempotencyKey: string;
  readonly created: Key;
  readonly account: Application;
  readonly issuerId: string;
  readonly connectorId: string;
  readonly exclusionId: string;
  readonly approvalId: string;
  readonly approvalCursor: string;
  readonly keyCursor: string;
  readonly eventCursor: string;
  readonly alias: string;
  readonly aliasCursor: string;
  readonly slug: string;
}

const base = '/api/v1';
const label = 'theirs alone';
let rig: Rig;
let mine: Awaited<ReturnType<typeof newTenant>>;
let me: Client;
let theirs: TenantResources;
let surfaces: readonly Surface[];

/** The later of two pending requests of the tenant. From here on the tenant requires two people for a destruction. */
const approvalOf = async ({ admin, changePolicy }: Tenant, ...keys: readonly [Key, Key]): Promise<string> => {
  await changePolicy({ dualControl: ['destroy'] });
  const [, later] = [
    await admin.send<{ id: string }>('DELETE', `/keys/${keys[0].id}`),
    await admin.send<{ id: string }>('DELETE', `/keys/${keys[1].id}`),
  ];
  return later.body.id;
};

const belongingsOf = async (tenant: Tenant & { readonly slug: string }): Promise<TenantResources> => {
  const [signing, wrapping] = [
    await tenant.createKey({ algorithm: 'EC-P256', label }),
    await tenant.createKey({ algorithm: 'AES-256', label }),
  ];
  const idempotencyKey = randomUUID();
  const body = { algorithm: 'EC-P256', label };
  const created = await tenant.admin.post<Key>('/keys', body, { 'idempotency-key': idempotencyKey });
  const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: wrapping.id, plaintext: 'AAAA' });
  const signed = { keyId: signing.id, payload: 'AAAA' };
  const { jws = '' } = await tenant.admin.post<SignResult>('/sign', signed);
  const { signature = '' } = await tenant.admin.post<SignResult>('/sign', { ...signed, format: 'raw' });
  const events = await eventually('their sealed events', async () => {
    const all = await eventsOf(tenant.admin);
    return all.length >= 6 && all;
  });
  const account = await newApplication(rig, tenant, ['user']);
  const provider = { issuer: 'https://login.test', audience: 'x', algorithms: ['ES256'], subjectPrefix: 'login:' };
  const { id: issuerId } = await tenant.admin.post<{ id: string }>('/issuers', provider);
  const { id: connectorId } = await tenant.admin.post<{ id: string }>('/audit/connectors', aConnector);
  const shutOut = { issuer: 'https://login.test', subject: 'login:mallory' };
  const { id: exclusionId } = await tenant.admin.post<{ id: string }>('/exclusions', shutOut);
  const approvalId = await approvalOf(tenant, signing, wrapping);
  const alias = `theirs-${randomUUID()}`;
  for (const name of [alias, 'shared']) await tenant.admin.put(`/aliases/${name}`, { keyId: signing.id });
  const cursorOf = async (path: string): Promise<string> => (await tenant.admin.get<{ next: string }>(path)).next;
  const cursors = { keyCursor: await cursorOf('/keys?limit=1'), eventCursor: await cursorOf('/audit/events?limit=1') };
  const wrappingPem = (await tenant.admin.get<WrappingKey>('/wrapping-key')).publicKey.pem;
  const aliasCursor = await cursorOf('/aliases?limit=1');
  const approvalCursor = await cursorOf('/approvals?limit=1');
  return {
    tenantId: tenant.id,
    signing,
    wrapping,
    jwe,
    wrapped: (await tenant.admin.post<EncryptResult>('/wrap', { keyId: wrapping.id, jwk })).jwe,
    jws,
    signature,
    wrappingPem,
    events,
    idempotencyKey,
    created,
    account,
    issuerId,
    connectorId,
    exclusionId,
    approvalId,
    approvalCursor,
    ...cursors,
    alias,
    aliasCursor,
    slug: tenant.slug,
  };
};

beforeAll(async () => {
  rig = await sharedRig();
  mine = await newTenant(rig);
  me = mine.admin;
  await mine.createKey({ algorithm: 'EC-P256' });
  theirs = await belongingsOf(await newTenant(rig));
  surfaces = surfacesOf(await me.get<ApiDescription>('/openapi.json'));
});

/** One of ML-KEM-512 by its length. */
const ciphertext = 'A'.repeat(1024);

/** One that delivers nothing. */
const aConnector = {
  name: 'siem',
  enabled: false,
  settings: { kind: 'otlp', url: 'https://otel.test/v1/logs' },
};

/** Texts that identify none of a tenant's resources. */
const namesNothing = [
  'header.X-Correlation-Id',
  'header.If-Match',
  'header.If-None-Match',
  'body.label',
  'body.activateIn',
  'body.name',
  'body.slug',
  'body.partition',
  'body.plaintext',
  'body.payload',
  'body.aad',
  'body.digest',
  'body.jws.payload',
  'body.jws.signatures.signature',
  ...['header', 'keys.header'].flatMap((at) =>
    ['typ', 'cty', 'iss', 'sub', 'aud', 'url', 'nonce'].map((member) => `body.${at}.${member}`),
  ),
  'body.ciphertext',
  // A chain for the tenant's own public key.
  'body.x5c',
  'body.pem',
  // Names in a certification request say whom a certificate is to be for. The key is the tenant's own.
  ...[
    'CN',
    'C',
    'ST',
    'L',
    'STREET',
    'O',
    'OU',
    'DC',
    'UID',
    'serialNumber',
    'organizationIdentifier',
    'title',
    'SN',
  ].map((name) => `body.subject.${name}`),
  ...[
    'subject.GN',
    'subject.emailAddress',
    ...['dns', 'ip', 'email', 'uri'].map((kind) => `subjectAltNames.${kind}`),
  ].map((name) => `body.${name}`),
  // Tokens define subjects. A grantee belongs to this tenant, even if another tenant has the same name.
  'body.grants.grantee',
  'query.grantee',
  'body.groups',
  // The same holds for providers: each is looked up in the tenant that a token is for.
  'body.issuer',
  'body.subject',
  'body.audience',
  'body.certificates.certificate',
  'body.certificates.thumbprint',
  'body.certificates.expiresAt',
  'body.keys.expiresAt',
  'body.jwksUrl',
  'body.claims.tenant',
  'body.claims.roles',
  'body.claims.groups',
  'body.subjectPrefix',
  ...['kid', 'x', 'y', 'n', 'e', 'pub', 'key_ops'].map((member) => `body.keys.${member}`),
  ...['pem', 'der', ...['crv', 'x', 'y', 'n', 'e', 'pub', 'alg', 'key_ops'].map((member) => `jwk.${member}`)].map(
    (member) => `body.publicKey.${member}`,
  ),
  // Another tenant may have the same certificate. It proves possession of its key only to the named account.
  'body.certificates',
  'body.signature',
  'query.from',
  'body.from',
  'query.until',
  'query.operation',
  ...['warnFrom', 'protectUntil', 'processUntil', 'source'].flatMap((name) => [
    `body.sunsets.${name}`,
    `body.document.sunsets.${name}`,
  ]),
  'body.document.requiredLabels',
  'body.requiredLabels',
  'path.template',
  'body.labels',
  'body.at',
  'body.reason',
  'body.activateAt',
  'body.deactivateAt',
  'body.message',
  'body.occurredAt',
  'body.interval',
  'body.description',
  // Receivers are outside. Secrets are files of the tenant's own folder, whatever their names.
  ...[
    ...['url', 'host', 'token', 'index', 'sourcetype', 'apiKey', 'dataStream', 'authorization', 'signing'],
    ...['rule', 'stream', 'directory', 'clientId', 'login', 'scope'],
    ...['secret', 'certificate', 'key', 'token'].map((name) => `credential.${name}`),
    ...['authority', 'certificate', 'key'].map((name) => `tls.${name}`),
  ].map((name) => `body.settings.${name}`),
];

const withoutKid = (token: string): string => {
  const [header = '', ...rest] = token.split('.');
  const { kid: _, ...members } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  return [Buffer.from(JSON.stringify(members)).toString('base64url'), ...rest].join('.');
};
const send = (method: Method, path: string, sending: RequestParts = {}): Promise<Reply> =>
  me.send(method, path, sending);

/** Sends one item, alone and in a batch: another tenant's key does not exist. */
const noSuchKey = async (path: string, body: object, code: ErrorCode = 'key-not-found'): Promise<void> => {
  expectProblem(await send('POST', path, { body }), code);
  const { body: batch } = await send('POST', path, { body: { items: [body, body] } });
  const { items } = batch as { items: readonly { error?: { code: string; status: number } }[] };
  expect(items.map(({ error }) => [error?.status, error?.code])).toEqual([
    [404, code],
    [404, code],
  ]);
};
/** Another tenant's cursor opens no listing, not even the same one. */
const notTheirCursor = async (path: string): Promise<void> =>
  expectProblem(await send('GET', `${path}?cursor=${theirs.approvalCursor}`), 'cursor-invalid');
/** Checks that only this tenant's own actions are in its trail, including the attempts to name another tenant's resources. */
const onlyMine = async (filter: Readonly<Record<string, string>>): Promise<void> => {
  const events = await eventsOf(me, filter);
  expect(events.filter(({ tenantId }) => tenantId !== mine.id)).toEqual([]);
  const taken = new Set(theirs.events.map(({ eventId }) => eventId));
  expect(events.filter(({ eventId }) => taken.has(eventId))).toEqual([]);
};

const jwk = { kty: 'oct', k: 'AAAA' };
const imported = { algorithm: 'HMAC-SHA256', label: 'x', method: 'rsa-aes-kwp' };
/** Bytes that have the length of a wrapped key, and are none. */
const wrapped = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64url');

/** Tests every route below `/keys/{id}`: another tenant's key does not exist for any of them. */
const keyRoutes: readonly (readonly [operationId: string, method: Method, path: string, body?: object])[] = [
  ['getKey', 'GET', ''],
  ['activateKey', 'POST', '/activate', {}],
  ['suspendKey', 'POST', '/suspend', {}],
  ['resumeKey', 'POST', '/resume', {}],
  ['deactivateKey', 'POST', '/deactivate', {}],
  ['revokeKey', 'POST', '/revoke', { reason: 'superseded' }],
  ['compromiseKey', 'POST', '/compromise', {}],
  ['rotateKey', 'POST', '/rotate', {}],
  ['scheduleDestruction', 'POST', '/schedule-destroy', {}],
  ['cancelDestruction', 'POST', '/cancel-destroy', {}],
  ['deleteKey', 'DELETE', ''],
  ['listKeyVersions', 'GET', '/versions'],
  ['getRotationPolicy', 'GET', '/rotation-policy'],
  ['putRotationPolicy', 'PUT', '/rotation-policy', { interval: 'P1D' }],
  ['deleteRotationPolicy', 'DELETE', '/rotation-policy'],
  ['getPublicKey', 'GET', '/public-key'],
  ['getKeyUsage', 'GET', '/usage'],
  ['getCertificate', 'GET', '/certificate'],
  ['putCertificate', 'PUT', '/certificate', { x5c: ['AAAA'] }],
  ['deleteCertificate', 'DELETE', '/certificate'],
  ['requestCertificate', 'POST', '/csr', { subject: [{ CN: 'theirs' }] }],
  ['getKeyVersion', 'GET', '/versions/1'],
];
const keyTrespasses = Object.fromEntries(
  keyRoutes.map(([operationId, method, path, body]) => [
    `${operationId} path.id`,
    async () => expectProblem(await send(method, `/keys/${theirs.signing.id}${path}`, { body }), 'key-not-found'),
  ]),
);

/** Another tenant's Idempotency-Key returns none of its answers. */
const notReplayed = async (method: Method, path: string, body?: object): Promise<void> => {
  const headers = { 'idempotency-key': theirs.idempotencyKey };
  const { admin } = await newTenant(rig);
  const reply = await admin.send(method, `/keys/${theirs.signing.id}${path}`, { body, headers });
  expectProblem(reply, 'key-not-found');
  expect(reply.headers.get('idempotency-replayed')).toBeNull();
};

/** For each identifier in the API, the outcome for a caller that sends another tenant's. */
const trespasses: Readonly<Record<string, () => Promise<void>>> = {
  'createKey body.tenantId': async () => {
    const naming = (tenantId: string) =>
      send('POST', '/keys', { body: { algorithm: 'EC-P256', label: 'x', tenantId } });
    const [another, nobody] = [await naming(theirs.tenantId), await naming(randomUUID())];
    expectProblem(another, 'tenant-mismatch');
    expect(another.status).toBe(404);
    expect({ ...(nobody.body as object), correlationId: '' }).toEqual({
      ...(another.body as object),
      correlationId: '',
    });
  },
  'createKey header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const reply = await send('POST', '/keys', { body: { algorithm: 'EC-P256', label }, headers });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
    expect((reply.body as Key).id).not.toBe(theirs.created.id);
    expect((reply.body as Key).tenantId).toBe(mine.id);
  },
  ...keyTrespasses,
  'importKey body.tenantId': async () => {
    const body = { ...imported, wrappedKey: 'AAAA', tenantId: theirs.tenantId };
    expectProblem(await send('POST', '/keys/import', { body }), 'tenant-mismatch');
  },
  'importKey body.wrappedKey': async () => {
    const body = { ...imported, wrappedKey: wrapFor(theirs.wrappingPem, randomBytes(32)) };
    expectProblem(await send('POST', '/keys/import', { body }), 'decryption-failed');
    const { publicKey } = await me.get<WrappingKey>('/wrapping-key');
    const own = { ...imported, wrappedKey: wrapFor(publicKey.pem, randomBytes(32)) };
    expect((await send('POST', '/keys/import', { body: own })).status).toBe(201);
  },
  // Each tenant has kids of its own.
  'importKey body.formerKids': async () => {
    for (const { admin } of [await newTenant(rig), mine]) {
      const { publicKey } = await admin.get<WrappingKey>('/wrapping-key');
      const wrappedKey = wrapFor(publicKey.pem, randomBytes(32));
      const body = { ...imported, wrappedKey, formerKids: ['of both'] };
      expect((await admin.send('POST', '/keys/import', { body })).status).toBe(201);
    }
  },
  'importKey body.wrappingKeyId': async () => {
    const under = { ...imported, method: 'aes-kwp', wrappedKey: wrapped(40) };
    const naming = (wrappingKeyId: string) => send('POST', '/keys/import', { body: { ...under, wrappingKeyId } });
    const [another, nobody] = [await naming(theirs.wrapping.id), await naming(randomUUID())];
    expectProblem(another, 'key-not-found');
    expect({ ...(nobody.body as object), correlationId: '' }).toEqual({
      ...(another.body as object),
      correlationId: '',
    });
  },
  'importKey header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const { admin } = await newTenant(rig);
    const reply = await admin.send('POST', '/keys/import', {
      body: { ...imported, wrappedKey: wrapped(552) },
      headers,
    });
    expectProblem(reply, 'decryption-failed');
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
  },
  'rotateKek path.tenant': async () =>
    expectProblem(await send('POST', `/tenants/${theirs.tenantId}/kek/rotate`, { body: {} }), 'tenant-mismatch'),
  'getTenant path.tenant': async () =>
    expectProblem(await send('GET', `/tenants/${theirs.tenantId}`), 'tenant-mismatch'),
  'disableTenant path.tenant': async () =>
    expectProblem(await send('POST', `/tenants/${theirs.tenantId}/disable`), 'access-denied'),
  'enableTenant path.tenant': async () =>
    expectProblem(await send('POST', `/tenants/${theirs.tenantId}/enable`), 'access-denied'),
  'getKek path.tenant': async () =>
    expectProblem(await send('GET', `/tenants/${theirs.tenantId}/kek`), 'tenant-mismatch'),
  'editKey path.id': async () => {
    const sending = { body: { label: 'mine now' }, headers: { 'if-match': '"1"' } };
    expectProblem(await send('PATCH', `/keys/${theirs.signing.id}`, sending), 'key-not-found');
  },
  'rotateKey body.formerKids': async () => {
    const publicKey = () => ({
      jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
    });
    for (const { admin, changePolicy } of [await newTenant(rig), await newTenant(rig)]) {
      await changePolicy({ custody: ['public'] });
      const own = { algorithm: 'EC-P256', purpose: 'sign', label: 'of others', custody: 'public' };
      const { id } = await admin.post<Key>('/keys/import', { ...own, publicKey: publicKey() });
      const body = { publicKey: publicKey(), formerKids: ['next of both'] };
      expect((await admin.send('POST', `/keys/${id}/rotate`, { body })).status).toBe(200);
    }
  },
  'rotateKey header.Idempotency-Key': () => notReplayed('POST', '/rotate', {}),
  'scheduleDestruction header.Idempotency-Key': () => notReplayed('POST', '/schedule-destroy', {}),
  'deleteKey header.Idempotency-Key': () => notReplayed('DELETE', ''),
  'listKeys query.label': async () => {
    const reply = await send('GET', `/keys?label=${encodeURIComponent(label)}`);
    for (const { tenantId } of (reply.body as { items: Key[] }).items) expect(tenantId).toBe(mine.id);
  },
  'listKeys query.cursor': async () =>
    expectProblem(await send('GET', `/keys?limit=1&cursor=${theirs.keyCursor}`), 'cursor-invalid'),
  'evaluatePolicyChange body.cursor': async () => {
    const body = { document: { allowedAlgorithms: [], fipsOnly: true }, cursor: theirs.keyCursor };
    expectProblem(await send('POST', '/policy/evaluate-change', { body }), 'cursor-invalid');
  },
  'evaluatePolicy body.keyId': async () => {
    const body = { use: 'protect', keyId: theirs.signing.id };
    expectProblem(await send('POST', '/policy/evaluate', { body }), 'key-not-found');
  },
  'getGrants path.id': async () =>
    expectProblem(await send('GET', `/keys/${theirs.signing.id}/grants`), 'key-not-found'),
  'putGrants path.id': async () => {
    const sending = { body: { grants: [] }, headers: { 'if-match': '"1"' } };
    expectProblem(await send('PUT', `/keys/${theirs.signing.id}/grants`, sending), 'key-not-found');
  },
  'deleteGrants path.id': async () =>
    expectProblem(await send('DELETE', `/keys/${theirs.signing.id}/grants`), 'key-not-found'),
  'createServiceAccount header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const keys = [{ kty: 'EC', kid: 'x', alg: 'ES256' }];
    const { admin } = await newTenant(rig);
    const reply = await admin.send('POST', '/service-accounts', {
      body: { name: 'x', roles: ['user'], keys },
      headers,
    });
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
  },
  'listServiceAccounts query.cursor': () => notTheirCursor('/service-accounts'),
  'getServiceAccount path.id': async () =>
    expectProblem(await send('GET', `/service-accounts/${theirs.account.id}`), 'service-account-not-found'),
  'putServiceAccount path.id': async () => {
    const keys = [{ kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'x', alg: 'ES256' }];
    const body = { name: 'x', roles: ['user'], groups: [], keys, certificates: [] };
    const headers = { 'if-match': '"1"' };
    expectProblem(
      await send('PUT', `/service-accounts/${theirs.account.id}`, { body, headers }),
      'service-account-not-found',
    );
  },
  'createExclusion header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const body = { issuer: 'https://login.test', subject: 'mallory' };
    const { id, admin } = await newTenant(rig);
    const reply = await admin.send<{ tenantId: string }>('POST', '/exclusions', { body, headers });
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
    expect(reply.body.tenantId).toBe(id);
  },
  'getExclusion path.id': async () =>
    expectProblem(await send('GET', `/exclusions/${theirs.exclusionId}`), 'exclusion-not-found'),
  'deleteExclusion path.id': async () =>
    expectProblem(await send('DELETE', `/exclusions/${theirs.exclusionId}`), 'exclusion-not-found'),
  'deleteServiceAccount path.id': async () =>
    expectProblem(await send('DELETE', `/service-accounts/${theirs.account.id}`), 'service-account-not-found'),
  'createIssuer header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const body = { issuer: 'https://login.test', audience: 'x', algorithms: ['ES256'], subjectPrefix: 'login:' };
    const { id, admin } = await newTenant(rig);
    const reply = await admin.send<{ tenantId: string }>('POST', '/issuers', { body, headers });
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
    expect(reply.body.tenantId).toBe(id);
  },
  'getIssuer path.id': async () => expectProblem(await send('GET', `/issuers/${theirs.issuerId}`), 'issuer-not-found'),
  'putIssuer path.id': async () => {
    const body = { issuer: 'https://mine.test', audience: 'x', algorithms: ['ES256'], subjectPrefix: 'mine:' };
    const headers = { 'if-match': '"1"' };
    expectProblem(await send('PUT', `/issuers/${theirs.issuerId}`, { body, headers }), 'issuer-not-found');
  },
  'deleteIssuer path.id': async () =>
    expectProblem(await send('DELETE', `/issuers/${theirs.issuerId}`), 'issuer-not-found'),
  'createConnector header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    const { id, admin } = await newTenant(rig);
    const reply = await admin.send<{ tenantId: string }>('POST', '/audit/connectors', { body: aConnector, headers });
    expect(reply.headers.get('idempotency-replayed')).toBeNull();
    expect(reply.body.tenantId).toBe(id);
  },
  'listConnectors query.cursor': () => notTheirCursor('/audit/connectors'),
  'getConnector path.id': async () =>
    expectProblem(await send('GET', `/audit/connectors/${theirs.connectorId}`), 'connector-not-found'),
  'editConnector path.id': async () => {
    const sent = { body: { enabled: false }, headers: { 'if-match': '"1"' } };
    expectProblem(await send('PATCH', `/audit/connectors/${theirs.connectorId}`, sent), 'connector-not-found');
  },
  'deleteConnector path.id': async () =>
    expectProblem(await send('DELETE', `/audit/connectors/${theirs.connectorId}`), 'connector-not-found'),
  'resumeConnector path.id': async () =>
    expectProblem(
      await send('POST', `/audit/connectors/${theirs.connectorId}/resume`, { body: {} }),
      'connector-not-found',
    ),
  'testConnector path.id': async () =>
    expectProblem(
      await send('POST', `/audit/connectors/${theirs.connectorId}/test`, { body: {} }),
      'connector-not-found',
    ),
  'replayConnector path.id': async () =>
    expectProblem(
      await send('POST', `/audit/connectors/${theirs.connectorId}/replay`, { body: { fromSeq: 1 } }),
      'connector-not-found',
    ),
  'replayConnector body.tenantId': async () => {
    const { id } = await me.post<{ id: string }>('/audit/connectors', aConnector);
    for (const tenantId of [theirs.tenantId, randomUUID()]) {
      const reply = await send('POST', `/audit/connectors/${id}/replay`, { body: { fromSeq: 1, tenantId } });
      expectProblem(reply, 'request-invalid');
      expect(reply.text).toContain('Only a connector of the platform');
    }
  },
  'getApproval path.id': async () =>
    expectProblem(await send('GET', `/approvals/${theirs.approvalId}`), 'approval-not-found'),
  'approveRequest path.id': async () =>
    expectProblem(await send('POST', `/approvals/${theirs.approvalId}/approve`), 'approval-not-found'),
  'rejectRequest path.id': async () =>
    expectProblem(await send('POST', `/approvals/${theirs.approvalId}/reject`), 'approval-not-found'),
  'withdrawRequest path.id': async () =>
    expectProblem(await send('DELETE', `/approvals/${theirs.approvalId}`), 'approval-not-found'),
  'listApprovals query.cursor': () => notTheirCursor('/approvals'),
  'listIssuers query.cursor': () => notTheirCursor('/issuers'),
  'listExclusions query.cursor': () => notTheirCursor('/exclusions'),
  'issueToken body.client_assertion': async () =>
    expect((await theirs.account.askToken({ kid: 'second' })).status).toBe(401),
  'issueToken body.client_id': async () => {
    const { clientId } = theirs.account;
    const mineAs = await newApplication(rig, mine, ['user']);
    expect((await mineAs.askToken({}, { client_id: clientId })).status).toBe(400);
    expect((await mineAs.askToken({ clientId })).status).toBe(401);
  },
  'encrypt body.keyId': () => noSuchKey('/encrypt', { keyId: theirs.wrapping.id, plaintext: 'AAAA' }),
  'decrypt body.jwe': () => noSuchKey('/decrypt', { jwe: theirs.jwe }),
  'decrypt body.keyId': () => noSuchKey('/decrypt', { jwe: withoutKid(theirs.jwe), keyId: theirs.wrapping.id }),
  'sign body.keyId': () => noSuchKey('/sign', { keyId: theirs.signing.id, payload: 'AAAA' }),
  'verify body.jws': () => noSuchKey('/verify', { jws: theirs.jws }),
  'verify body.keyId': () =>
    noSuchKey('/verify', { keyId: theirs.signing.id, payload: 'AAAA', signature: theirs.signature }),
  'encrypt body.alias': () => noSuchKey('/encrypt', { alias: theirs.alias, plaintext: 'AAAA' }, 'alias-not-found'),
  'sign body.alias': () => noSuchKey('/sign', { alias: theirs.alias, payload: 'AAAA' }, 'alias-not-found'),
  'decrypt body.alias': () =>
    noSuchKey('/decrypt', { jwe: withoutKid(theirs.jwe), alias: theirs.alias }, 'alias-not-found'),
  'verify body.alias': () =>
    noSuchKey('/verify', { alias: theirs.alias, payload: 'AAAA', signature: theirs.signature }, 'alias-not-found'),
  'encapsulate body.keyId': () => noSuchKey('/encapsulate', { keyId: theirs.wrapping.id }),
  'encapsulate body.alias': () => noSuchKey('/encapsulate', { alias: theirs.alias }, 'alias-not-found'),
  'decapsulate body.keyId': () => noSuchKey('/decapsulate', { keyId: theirs.wrapping.id, version: 1, ciphertext }),
  'decapsulate body.alias': () =>
    noSuchKey('/decapsulate', { alias: theirs.alias, version: 1, ciphertext }, 'alias-not-found'),
  'wrap body.keyId': () => noSuchKey('/wrap', { keyId: theirs.wrapping.id, jwk }),
  'wrap body.alias': () => noSuchKey('/wrap', { alias: theirs.alias, jwk }, 'alias-not-found'),
  'unwrap body.jwe': () => noSuchKey('/unwrap', { jwe: theirs.wrapped }),
  'unwrap body.keyId': () => noSuchKey('/unwrap', { jwe: withoutKid(theirs.wrapped), keyId: theirs.wrapping.id }),
  'unwrap body.alias': () =>
    noSuchKey('/unwrap', { jwe: withoutKid(theirs.wrapped), alias: theirs.alias }, 'alias-not-found'),
  'datakey body.keyId': () => noSuchKey('/datakey', { keyId: theirs.wrapping.id }),
  'datakey body.alias': () => noSuchKey('/datakey', { alias: theirs.alias }, 'alias-not-found'),
  'sign body.keys.keyId': () => noSuchKey('/sign', { payload: 'AAAA', keys: [{ keyId: theirs.signing.id }] }),
  'sign body.keys.alias': () =>
    noSuchKey('/sign', { payload: 'AAAA', keys: [{ alias: theirs.alias }] }, 'alias-not-found'),
  'verify body.jws.signatures.protected': async () => {
    const [header, payload, signature] = theirs.jws.split('.');
    const { body } = await send('POST', '/verify', {
      body: { jws: { payload, signatures: [{ protected: header, signature }] }, policy: 'ANY' },
    });
    expect(body).toMatchObject({
      valid: false,
      signers: 0,
      signatures: [{ valid: false, error: { code: 'key-not-found' } }],
    });
  },
  'resign body.jws': () => noSuchKey('/resign', { jws: theirs.jws }),
  'resign body.keyId': () => noSuchKey('/resign', { jws: theirs.jws, keyId: theirs.signing.id }),
  'resign body.alias': () => noSuchKey('/resign', { jws: theirs.jws, alias: theirs.alias }, 'alias-not-found'),
  'resign body.to.keyId': () => noSuchKey('/resign', { jws: theirs.jws, to: { keyId: theirs.signing.id } }),
  'resign body.to.alias': () =>
    noSuchKey('/resign', { jws: theirs.jws, to: { alias: theirs.alias } }, 'alias-not-found'),
  'reencrypt body.jwe': () => noSuchKey('/reencrypt', { jwe: theirs.jwe }),
  'reencrypt body.keyId': () => noSuchKey('/reencrypt', { jwe: theirs.jwe, keyId: theirs.wrapping.id }),
  'reencrypt body.alias': () => noSuchKey('/reencrypt', { jwe: theirs.jwe, alias: theirs.alias }, 'alias-not-found'),
  'reencrypt body.to.keyId': () => noSuchKey('/reencrypt', { jwe: theirs.jwe, to: { keyId: theirs.wrapping.id } }),
  'reencrypt body.to.alias': () =>
    noSuchKey('/reencrypt', { jwe: theirs.jwe, to: { alias: theirs.alias } }, 'alias-not-found'),
  'listAliases query.keyId': async () =>
    expect(await me.get(`/aliases?keyId=${theirs.signing.id}`)).toEqual({ items: [], next: null }),
  'listAliases query.cursor': async () =>
    expectProblem(await send('GET', `/aliases?limit=1&cursor=${theirs.aliasCursor}`), 'cursor-invalid'),
  'getAlias path.name': async () => expectProblem(await send('GET', `/aliases/${theirs.alias}`), 'alias-not-found'),
  'deleteAlias path.name': async () =>
    expectProblem(await send('DELETE', `/aliases/${theirs.alias}`), 'alias-not-found'),
  'putAlias path.name': async () => {
    const { id } = await mine.createKey({ algorithm: 'EC-P256' });
    expect(await me.put(`/aliases/${theirs.alias}`, { keyId: id })).toMatchObject({ keyId: id, revision: 1 });
    expect(await me.get(`/aliases/${theirs.alias}`)).toMatchObject({ keyId: id });
    await me.send('DELETE', `/aliases/${theirs.alias}`);
  },
  'putAlias body.keyId': async () =>
    expectProblem(await send('PUT', '/aliases/mine', { body: { keyId: theirs.signing.id } }), 'key-not-found'),
  // Public keys are for everyone. The answer has nothing else of the tenant.
  'getKeySet path.slug': async () => {
    const { keys } = await me.get<{ keys: Record<string, string>[] }>(`/tenants/${theirs.slug}/.well-known/jwks.json`);
    expect(keys.length).toBeGreaterThan(0);
    for (const jwk of keys) expect(Object.keys(jwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  },
  'getKeySet query.kid': async () => {
    const kid = `${theirs.signing.id}.1`;
    const find = (slug: string) => me.get<{ keys: unknown[] }>(`/tenants/${slug}/.well-known/jwks.json?kid=${kid}`);
    expect((await find(theirs.slug)).keys).toHaveLength(1);
    expect((await find(mine.slug)).keys).toEqual([]);
  },
  'queryEvents query.keyId': () => onlyMine({ keyId: theirs.signing.id }),
  'queryEvents query.userId': () => onlyMine({ userId: 'administrator' }),
  'queryEvents query.correlationId': async () => {
    for (const { correlationId } of theirs.events) expect(await eventsOf(me, { correlationId })).toEqual([]);
  },
  'queryEvents query.cursor': async () =>
    expectProblem(await send('GET', `/audit/events?limit=1&cursor=${theirs.eventCursor}`), 'cursor-invalid'),
  'listCheckpoints query.cursor': async () =>
    expectProblem(await send('GET', `/audit/checkpoints?limit=1&cursor=${theirs.eventCursor}`), 'cursor-invalid'),
  'listKeyVersions query.cursor': async () => {
    const { id } = await mine.createKey({ algorithm: 'EC-P256' });
    expectProblem(await send('GET', `/keys/${id}/versions?cursor=${theirs.keyCursor}`), 'cursor-invalid');
  },
  'restoreTenant path.tenant': async () =>
    expectProblem(await send('POST', `/tenants/${theirs.tenantId}/restore`, { body: {} }), 'access-denied'),
  'getKeyUsage query.cursor': async () => {
    const { id } = await mine.createKey({ algorithm: 'EC-P256' });
    expectProblem(await send('GET', `/keys/${id}/usage?cursor=${theirs.keyCursor}`), 'cursor-invalid');
  },
  'listPolicyVersions query.cursor': async () =>
    expectProblem(await send('GET', `/policy/versions?cursor=${theirs.keyCursor}`), 'cursor-invalid'),
  'createTenant header.Idempotency-Key': async () => {
    const headers = { 'idempotency-key': theirs.idempotencyKey };
    expectProblem(await send('POST', '/tenants', { body: { slug: 'x', name: 'x' }, headers }), 'access-denied');
  },
  'surveyHsm path.partition': async () =>
    expectProblem(await send('GET', '/hsms/default/capabilities'), 'access-denied'),
  'testHsm path.partition': async () =>
    expectProblem(await send('POST', '/hsms/default/selftest', { body: {} }), 'access-denied'),
  'listTenants query.cursor': async () =>
    expectProblem(await send('GET', `/tenants?cursor=${theirs.keyCursor}`), 'access-denied'),
};

describe('another tenant’s resources', () => {
  it('can be named in no part of the API that is not tested here', () => {
    const places = surfaces.flatMap(({ operationId, places: texts }) =>
      texts.filter((place) => !namesNothing.includes(place)).map((place) => `${operationId} ${place}`),
    );
    expect(places.toSorted()).toEqual(Object.keys(trespasses).toSorted());
  });

  it.each(Object.entries(trespasses))('are out of reach by %s', async (_, trespass) => {
    await trespass();
  });

  it('appear in no answer to a caller that names nothing', async () => {
    const bystander = await newTenant(rig);
    await bystander.createKey({ algorithm: 'EC-P256', label: 'a bystander’s' });
    const keys = [theirs.signing, theirs.wrapping, theirs.created].map(({ id }) => id);
    const words = [
      theirs.tenantId,
      label,
      theirs.approvalId,
      ...keys,
      ...theirs.events.flatMap(({ eventId, hash }) => [eventId, hash]),
    ];
    const plain = surfaces.filter(({ method, path }) => method === 'GET' && !path.includes('{'));
    expect(plain.length).toBeGreaterThanOrEqual(5);
    for (const { path } of plain) {
      const { text } = await bystander.admin.send('GET', path.replace(base, ''));
      for (const word of words) expect(text.includes(word), `${word} in ${path}`).toBe(false);
    }
  });

  it('stay out of reach of a platform administrator’s role in another tenant’s token', async () => {
    const client = await mine.as(['platform-admin'], 'impostor');
    expectProblem(await client.send('GET', '/tenants'), 'access-denied');
    expectProblem(await client.send('POST', '/tenants', { body: { slug: 'x', name: 'x' } }), 'access-denied');
  });

  it('are protected in every database a second time, by row-level security', async () => {
    const tables = await tenantTables(rig);
    expect(tables.length).toBeGreaterThanOrEqual(10);
    for (const table of tables) {
      const { seen, there } = await rowsAtOnce(rig, table, theirs.tenantId);
      expect(seen, `${table.database}.${table.table}`).toEqual({ own: there.own, foreign: 0 });
    }
    expect((await rowsThere(rig, { database: 'ankadb_keys', table: 'key' }, theirs.tenantId)).foreign).toBeGreaterThan(
      0,
    );
  });
});
