import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DataKeyResult,
  DecapsulateResult,
  EncapsulateResult,
  EncryptResult,
  RandomResult,
  SignResult,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf, type Method, type Reply, type RequestParts } from '../harness/client.js';
import { type OtlpReceiver, startOtlpReceiver } from '../harness/otlp-receiver.js';
import { reseal } from '../harness/reseal.js';
import { databases, type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';
import { type Secret, secretSearch, secretText } from './secret.js';
import { databaseFiles, logFiles, rowsOf, type StoredText } from './stored.js';

const canary = (what: string): Secret => secretText(what, `canary-${randomBytes(12).toString('hex')}`);
const plaintext = canary('a plaintext');
const payload = canary('a payload');
const aad = canary('additional data');
const stray = canary('a value of an unknown field');
const textOf = ({ bytes }: Secret): string => bytes.toString();

let receiver: OtlpReceiver;
let rig: OwnRig;
let tenant: Tenant;
let token: string;
let secrets: readonly Secret[];
const madeHere: Secret[] = [];
const answers: Reply[] = [];

/** The secrets in files that only their owner can read: PIN, database passwords, seeds, cursor secrets. */
const deployed = (): readonly Secret[] => {
  const services = join(rig.dataDirectory, 'services');
  const own = readdirSync(services).flatMap((service) => {
    const directory = join(services, service, 'secrets');
    return readdirSync(directory).map((name) =>
      secretText(`${name} of ${service}`, readFileSync(join(directory, name), 'utf8')),
    );
  });
  return [...own, secretText('the superuser’s password', rig.superuser.password)];
};

/** Sends a request, and keeps the answer unless it must contain the secret that was sent. */
const ask = async <Body>(method: Method, path: string, sending: RequestParts, kept = true): Promise<Reply<Body>> => {
  const reply = await clientOf(rig.baseUrl, token).send<Body>(method, path, sending);
  if (kept) answers.push(reply);
  return reply;
};
const post = <Body>(path: string, body: unknown, kept = true) => ask<Body>('POST', path, { body }, kept);

/** Sends the secrets through every route, with success and with every kind of failure. */
const useThem = async (): Promise<void> => {
  const text = { encoding: 'utf8' };
  const wrap = await tenant.createKey({ algorithm: 'AES-256' });
  const direct = await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' });
  const rsa = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
  const sign = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  const edwards = await tenant.createKey({ algorithm: 'Ed25519' });
  const mac = await tenant.createKey({ algorithm: 'HMAC-SHA256' });
  for (const { id } of [wrap, direct, rsa]) {
    const sealed = await post<EncryptResult>('/encrypt', {
      keyId: id,
      plaintext: textOf(plaintext),
      aad: textOf(aad),
      ...text,
    });
    const { jwe } = sealed.body;
    const opened = await post<{ plaintext: string }>('/decrypt', { jwe, aad: textOf(aad), ...text }, false);
    expect(opened.body.plaintext).toBe(textOf(plaintext));
    await post('/reencrypt', { jwe, aad: textOf(aad), to: { keyId: wrap.id }, ...text });
    await post('/reencrypt', { jwe, aad: textOf(aad), to: { keyId: sign.id }, ...text });
    await post('/reencrypt?dryRun=true', { jwe, aad: textOf(aad), ...text });
    await post('/decrypt', { jwe, aad: `${textOf(aad)}!`, ...text });
    await post('/decrypt', { jwe: `${jwe.slice(0, -4)}AAAA`, aad: textOf(aad), ...text });
    await post('/sign', { keyId: id, payload: textOf(payload), ...text });
    await post('/encrypt', { keyId: id, plaintext: textOf(plaintext), encoding: textOf(plaintext) });
    await post('/encrypt', { keyId: id, plaintext: `${textOf(plaintext)}!` });
    await post('/encrypt', {
      items: [
        { keyId: id, plaintext: textOf(plaintext), ...text },
        { keyId: randomUUID(), plaintext: textOf(plaintext) },
      ],
    });
  }
  for (const { id } of [sign, edwards, mac]) {
    for (const format of ['jws-detached', 'raw'])
      await post('/sign', { keyId: id, payload: textOf(payload), format, ...text });
    const { jws = '' } = (await post<SignResult>('/sign', { keyId: id, payload: textOf(payload), ...text }, false))
      .body;
    await post('/verify', { jws });
    await post('/verify', { jws: `${jws.slice(0, -4)}AAAA` });
    await post('/verify', { keyId: id, signature: 'AAAA', payload: textOf(payload), ...text });
    await post('/encrypt', { keyId: id, plaintext: textOf(plaintext), ...text });
  }
  await encapsulateThem();
  const everywhere = [
    '/keys',
    '/encrypt',
    '/decrypt',
    '/sign',
    '/verify',
    '/encapsulate',
    '/decapsulate',
    '/reencrypt',
    '/resign',
    '/random',
    '/datakey',
    '/wrap',
    '/unwrap',
    '/audit/verify',
    '/tenants',
  ];
  for (const path of everywhere) {
    await post(path, { unknown: textOf(stray), keyId: textOf(stray), jwe: textOf(stray), algorithm: textOf(stray) });
    await post(path, `{"plaintext":"${textOf(stray)}`);
    await post(`${path}?plaintext=${textOf(stray)}`, {});
    await ask('POST', path, { body: textOf(stray), headers: { 'content-type': 'text/plain' } });
  }
  await ask('PUT', '/policy', {
    body: { allowedAlgorithms: [textOf(stray)], fipsOnly: true },
    headers: { 'if-match': '"1"' },
  });
  await ask('GET', `/keys?cursor=${textOf(stray)}`, {});
  await ask('GET', `/audit/events?unknown=${textOf(stray)}`, {});
  for (const spoilt of [`${token}x`, token.slice(0, -10), textOf(stray)])
    answers.push(await clientOf(rig.baseUrl, spoilt).send('GET', '/keys'));
};

/** Makes shared secrets, some by implicit rejection, and keeps every answer that need not contain one. */
const encapsulateThem = async (): Promise<void> => {
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'], rawKem: true, plaintextDataKeys: true });
  const { id: box } = await tenant.createKey({ algorithm: 'AES-256' });
  for (const bytes of [16, 32, 64]) {
    const { plaintext: secret } = (await post<DataKeyResult>('/datakey', { keyId: box, bytes, plaintext: true }, false))
      .body;
    const { random } = (await post<RandomResult>('/random', { bytes }, false)).body;
    madeHere.push({ what: 'a data key', bytes: Buffer.from(secret ?? '', 'base64url') });
    madeHere.push({ what: 'random bytes', bytes: Buffer.from(random, 'base64url') });
    await post('/datakey?dryRun=true', { keyId: box, bytes, plaintext: true });
    await post('/datakey', { keyId: box, bytes });
  }
  for (const algorithm of ['ML-KEM-512', 'ML-KEM-768', 'ML-KEM-1024'] as const) {
    const { id: keyId } = await tenant.createKey({ algorithm, purpose: 'encapsulate', custody: 'software' });
    const { ciphertext, sharedSecret } = (await post<EncapsulateResult>('/encapsulate', { keyId }, false)).body;
    const changed = `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}`;
    const got = [ciphertext, changed].map((one) =>
      post<DecapsulateResult>('/decapsulate', { keyId, version: 1, ciphertext: one }, false),
    );
    const [same, other] = (await Promise.all(got)).map(({ body }) => body.sharedSecret);
    expect(same).toBe(sharedSecret);
    for (const text of [sharedSecret, other ?? ''])
      madeHere.push({ what: 'a shared secret', bytes: Buffer.from(text, 'base64url') });
    await post('/decapsulate?dryRun=true', { keyId, version: 1, ciphertext });
    await post('/decapsulate', { keyId, version: 1, ciphertext: ciphertext.slice(4) });
    await post('/decapsulate', { keyId, version: 2, ciphertext });
    await post('/decrypt', { keyId, jwe: ciphertext });
    await post('/encapsulate?dryRun=true', { keyId });
  }
};

/** Sends errors of the token and the database through all layers too. */
const inTrouble = async (admin: Client): Promise<void> => {
  const key = await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' });
  await rig.query(
    'ankadb_keys',
    `UPDATE key_version SET object_id = decode(md5('gone'), 'hex') WHERE key_id = '${key.id}'`,
  );
  await reseal(rig, 'key_version', `key_id = '${key.id}'`);
  const body = { keyId: key.id, plaintext: textOf(plaintext), encoding: 'utf8' };
  answers.push(await admin.send('POST', '/encrypt', { body }));
  await rig.stack.kill('crypto-worker-1');
  answers.push(await admin.send('POST', '/encrypt', { body }));
  await rig.stack.restart('crypto-worker-1');
};

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const services = Object.entries(receiver.services).map(([name, options]) => [
    name,
    { ...options, configuration: { observability: { 'log-level': 'trace' } } },
  ]);
  rig = await startOwnRig({ workers: 1, services: Object.fromEntries(services) as typeof receiver.services });
  tenant = await newTenant(rig);
  token = await rig.mint({
    tenantId: tenant.id,
    subject: 'administrator',
    roles: ['tenant-admin', 'auditor', 'user', 'application-admin'],
  });
  secrets = [plaintext, payload, aad, stray, secretText('a token', token), ...deployed()];
  await useThem();
  expect(madeHere).toHaveLength(12);
  secrets = [...secrets, ...madeHere];
  await inTrouble(tenant.admin);
  await eventually('all of it sealed', async () => {
    const [row] = await rig.query('ankadb_keys', 'SELECT count(*)::int AS count FROM outbox');
    return row?.['count'] === 0;
  });
  await eventually('traces of it', () => receiver.spans.some(({ name }) => name.startsWith('PKCS#11')));
});
afterAll(async () => {
  await rig.stop();
  await receiver.close();
});

const foundIn = (stored: readonly StoredText[]): readonly string[] => {
  const search = secretSearch(secrets);
  return stored.flatMap(({ where, content }) => search(where, content));
};

describe('a secret of a caller or an operator', () => {
  it('is in no answer except one that must return it', () => {
    expect(answers.length).toBeGreaterThan(70);
    const stored = answers.map(({ text, headers }, index) => ({
      where: `answer ${index}`,
      content: text + JSON.stringify([...headers]),
    }));
    expect(foundIn(stored)).toEqual([]);
  });

  it('is in no log', () => {
    const logs = logFiles(rig);
    expect(logs.length).toBeGreaterThanOrEqual(5);
    expect(logs.reduce((sum, { content }) => sum + content.length, 0)).toBeGreaterThan(1000);
    expect(foundIn(logs)).toEqual([]);
  });

  it('is in no trace', () => {
    expect(receiver.spans.length).toBeGreaterThan(100);
    expect(foundIn(receiver.bodies.map((content, index) => ({ where: `export ${index}`, content })))).toEqual([]);
  });

  it('is in no row of any database', async () => {
    const rows = await rowsOf(rig);
    expect(new Set(rows.map(({ where }) => where.split('.')[0]))).toEqual(new Set(databases));
    expect(foundIn(rows)).toEqual([]);
  });

  it('is nowhere in the databases’ files, including deleted rows and the write-ahead log', async () => {
    await rig.query('ankadb_keys', 'CHECKPOINT');
    const files = databaseFiles(rig);
    expect(
      secretSearch([secretText('a tenant’s id', tenant.id)])(
        'the log',
        Buffer.concat(files.map(({ content }) => Buffer.from(content))),
      ),
      'the search can find',
    ).toHaveLength(1);
    expect(foundIn(files)).toEqual([]);
  });
});
