import type { EncryptResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { type NewKey, newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { encodeJson } from './target.js';

const kinds: readonly (NewKey & { readonly alg: string })[] = [
  { algorithm: 'RSA-2048', purpose: 'encrypt', alg: 'RSA-OAEP-256' },
  { algorithm: 'EC-P256', purpose: 'encrypt', alg: 'ECDH-ES+A256KW' },
  { algorithm: 'AES-128', purpose: 'encrypt', alg: 'A128KW' },
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'A256KW' },
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir' },
];

type Mutation = (segments: readonly string[], other: readonly string[]) => readonly string[];
const bytesOf = (segment = ''): Buffer => Buffer.from(segment, 'base64url');
const flip =
  (index: number, byte: (length: number) => number): Mutation =>
  (segments) => {
    const bytes = bytesOf(segments[index]);
    const at = byte(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return segments.with(index, bytes.toString('base64url'));
  };
const resize =
  (index: number, change: (bytes: Buffer) => Buffer): Mutation =>
  (segments) =>
    segments.with(index, change(bytesOf(segments[index])).toString('base64url'));
const swap =
  (index: number): Mutation =>
  (segments, other) =>
    segments.with(index, other[index] ?? '');
const [first, last] = [() => 0, (length: number) => length - 1];

/** Faults outside the header, with the cause that the trail names. `dir` has no encrypted key. */
const mutations: Readonly<Record<string, { readonly of: Mutation; readonly cause: RegExp; readonly withKey?: true }>> =
  {
    'first bit of the encrypted key': {
      of: flip(1, first),
      cause: /unwrap-failed|tag-mismatch|cek-length/,
      withKey: true,
    },
    'last bit of the encrypted key': {
      of: flip(1, last),
      cause: /unwrap-failed|tag-mismatch|cek-length/,
      withKey: true,
    },
    'an encrypted key of zeros': {
      of: resize(1, (bytes) => Buffer.alloc(bytes.length)),
      cause: /unwrap-failed|tag-mismatch|cek-length/,
      withKey: true,
    },
    'an encrypted key of ones': {
      of: resize(1, (bytes) => Buffer.alloc(bytes.length, 0xff)),
      cause: /unwrap-failed|tag-mismatch|cek-length/,
      withKey: true,
    },
    'a shorter encrypted key': { of: resize(1, (bytes) => bytes.subarray(8)), cause: /segment-length/, withKey: true },
    'no encrypted key': { of: (segments) => segments.with(1, ''), cause: /segment-length/, withKey: true },
    'another token’s encrypted key': { of: swap(1), cause: /tag-mismatch|unwrap-failed/, withKey: true },
    'a longer encrypted key': {
      of: resize(1, (bytes) => Buffer.concat([bytes, Buffer.alloc(8)])),
      cause: /segment-length/,
    },
    'the IV': { of: flip(2, first), cause: /tag-mismatch/ },
    'another token’s IV': { of: swap(2), cause: /tag-mismatch/ },
    'the ciphertext': { of: flip(3, last), cause: /tag-mismatch/ },
    'no ciphertext': { of: (segments) => segments.with(3, ''), cause: /tag-mismatch/ },
    'a longer ciphertext': { of: resize(3, (bytes) => Buffer.concat([bytes, Buffer.of(0)])), cause: /tag-mismatch/ },
    'the tag': { of: flip(4, last), cause: /tag-mismatch/ },
    'another token’s tag': { of: swap(4), cause: /tag-mismatch/ },
    'one more header member': {
      of: (segments) =>
        segments.with(0, encodeJson({ ...(JSON.parse(bytesOf(segments[0]).toString()) as object), x: 1 })),
      cause: /tag-mismatch/,
    },
  };

/** Changes that are wrong under every key, with what the answer says of them. */
const malformed: Readonly<Record<string, { readonly of: Mutation; readonly told: RegExp }>> = {
  'a shorter IV': { of: resize(2, (bytes) => bytes.subarray(1)), told: /third segment.*must have/ },
  'no IV': { of: (segments) => segments.with(2, ''), told: /third segment.*must have/ },
  'a shorter tag': { of: resize(4, (bytes) => bytes.subarray(0, 12)), told: /fifth segment.*must have/ },
  'no tag': { of: (segments) => segments.with(4, ''), told: /fifth segment.*must have/ },
  'a padded segment': { of: (segments) => segments.with(4, `${segments[4] ?? ''}==`), told: /fifth.*padded/ },
  'white space': { of: (segments) => segments.with(3, ` ${segments[3] ?? ''}`), told: /fourth.*white space/ },
  'a line break': { of: (segments) => segments.with(4, `${segments[4] ?? ''}\n`), told: /fifth.*white space/ },
  'a line break of Windows': {
    of: (segments) => segments.with(4, `${segments[4] ?? ''}\r\n`),
    told: /fifth.*white space/,
  },
  'standard base64': { of: (segments) => segments.with(1, `+/${segments[1] ?? ''}`), told: /second.*standard base64/ },
};

const visible = ({ status, headers, body }: Reply): unknown => ({
  status,
  headers: [...headers.keys()].toSorted(),
  type: headers.get('content-type'),
  length: headers.get('content-length'),
  body: { ...(body as object), correlationId: '' },
});

describe.each(kinds)('mutated tokens of $alg with $algorithm', (kind) => {
  let tenant: Tenant;
  let tokens: readonly (readonly string[])[];
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
    const { id } = await tenant.createKey(kind);
    const seal = (plaintext: string) => tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext });
    tokens = (await Promise.all([seal('AAAA'), seal('BBBB')])).map(({ jwe }) => jwe.split('.'));
  });

  it('that are malformed are told what is wrong, and the trail has it too', async () => {
    const [token = [], other = []] = tokens;
    for (const [name, { of, told }] of Object.entries(malformed)) {
      const reply = await tenant.admin.send('POST', '/decrypt', { body: { jwe: of(token, other).join('.') } });
      expectProblem(reply, 'jwe-invalid');
      expect(reply.text, name).toMatch(told);
    }
  });

  it('all get the same refusal, and the trail has the cause of each', async () => {
    const [token = [], other = []] = tokens;
    const seen: unknown[] = [];
    for (const [name, { of, cause, withKey }] of Object.entries(mutations)) {
      if (withKey && kind.alg === 'dir') continue;
      const jwe = of(token, other).join('.');
      const reply = await tenant.admin.send('POST', '/decrypt', {
        body: { jwe },
        headers: { 'x-correlation-id': `mutation-${seen.length + 100}` },
      });
      expectProblem(reply, 'decryption-failed');
      seen.push(visible(reply));
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event?.failureCode, name).toMatch(new RegExp(`^decryption-failed:(${cause.source})$`));
      expect(event).toMatchObject({ operation: 'decrypt', outcome: 'failure' });
    }
    for (const one of seen) expect(one).toEqual(seen[0]);
    const good = await eventually('the token itself opens', () =>
      tenant.admin.post<{ plaintext: string }>('/decrypt', { jwe: token.join('.') }),
    );
    expect(good.plaintext).toBe('AAAA');
  });
});
