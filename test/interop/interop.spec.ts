import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  algorithmNames,
  algorithmOf,
  type ContentAlg,
  contentAlgs,
  fitsContent,
  type JweAlg,
  type Purpose,
} from '@ankasecure/algorithm';
import type {
  DecryptResult,
  EncryptResult,
  Key,
  listAlgorithms,
  SignResult,
  VerifyResult,
} from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { type Direction, exceptionOf, exceptions } from './exception.js';
import { type SharedKey, type Subject, shareKey } from './interop-key.js';
import { libraries, prepareLibraries } from './library.js';
import { type Answer, Peer } from './peer.js';

const payload = JSON.stringify({ sub: 'interop', text: 'Zahlen, 数字, 🔑' });

/** One subject per algorithm and curve. */
/** Without post-quantum keys: the stack's token has none, and imports none. `npm run test:pq` tries them with other libraries. */
const subjects: readonly Subject[] = algorithmNames
  .filter((name) => algorithmOf(name).parameterSet === undefined)
  .flatMap((algorithm) =>
    Object.entries(algorithmOf(algorithm).purposes)
      .filter(([purpose]) => purpose !== 'wrap')
      .flatMap(([purpose, algs]) =>
        algs.map((alg) => ({ algorithm, purpose: purpose as Exclude<Purpose, 'wrap'>, alg: alg as Subject['alg'] })),
      ),
  )
  .filter(({ algorithm }) => !['RSA-3072', 'RSA-4096'].includes(algorithm));

let rig: OwnRig;
let tenant: Tenant & { readonly slug: string };
let jwksUrl: string;
/** Keys by algorithm and JOSE algorithm: made here, and shared with the libraries. */
const made = new Map<string, Key>();
const shared = new Map<string, SharedKey | string>();
const peers = new Map<string, Peer>();
const nameOf = ({ algorithm, purpose, alg }: Subject): string => `${algorithm} ${purpose} ${alg}`;

beforeAll(async () => {
  const preparing = prepareLibraries(libraries);
  rig = await startOwnRig({ workers: 1 });
  await preparing;
  tenant = await newTenant(rig);
  jwksUrl = `${rig.baseUrl}/api/v1/tenants/${tenant.slug}/.well-known/jwks.json`;
  await tenant.changePolicy({ contentEncryption: [...contentAlgs] });
  for (const subject of subjects) {
    made.set(nameOf(subject), await tenant.createKey(subject));
    shared.set(nameOf(subject), await shareKey(tenant, subject));
  }
  for (const library of libraries) peers.set(library.name, new Peer(library));
}, 600_000);
afterAll(async () => {
  await Promise.all([...peers.values()].map((peer) => peer.stop()));
  await rig.stop();
});

const peerOf = (library: string): Peer => {
  const peer = peers.get(library);
  if (peer === undefined) throw new Error(`no peer for ${library}`);
  return peer;
};
const madeKey = (subject: Subject): Key => made.get(nameOf(subject)) as Key;
/** @throws Error with the problem code of a key that cannot be imported */
const sharedKey = (subject: Subject): SharedKey => {
  const key = shared.get(nameOf(subject));
  if (key === undefined || typeof key === 'string') throw new Error(`not imported: ${key}`);
  return key;
};

/** Whether the library took or made a token, or what it said. */
const outcomeOf = (answer: Answer, expected?: string): string => {
  if ('error' in answer) return answer.error;
  if (expected === undefined) return 'ok';
  const same =
    answer.value === expected || JSON.stringify(JSON.parse(answer.value)) === JSON.stringify(JSON.parse(expected));
  return same ? 'ok' : `another payload: ${answer.value}`;
};

/** Our signature: with a public key through the key set, with a secret key by that key. */
const takesOurSignature = async (library: string, subject: Subject): Promise<string> => {
  const { alg } = subject;
  const isPublic = subject.purpose === 'sign';
  const keyId = isPublic ? madeKey(subject).id : sharedKey(subject).id;
  const body = { keyId, payload, encoding: 'utf8', alg };
  const { jws: token = '' } = await tenant.admin.post<SignResult>('/sign', body);
  const by = isPublic ? { jwksUrl } : { jwk: sharedKey(subject).privateJwk };
  return outcomeOf(await peerOf(library).ask({ op: 'verify', alg, token, ...by }), payload);
};

const givesUsSignature = async (library: string, subject: Subject): Promise<string> => {
  const { id: keyId, kid, privateJwk: jwk } = sharedKey(subject);
  const answer = await peerOf(library).ask({ op: 'sign', alg: subject.alg, kid, jwk, payload });
  if ('error' in answer) return answer.error;
  const { valid } = await tenant.admin.post<VerifyResult>('/verify', { jws: answer.value, keyId });
  return valid ? 'ok' : 'not valid';
};

const takesOurJwe = async (library: string, subject: Subject, enc: ContentAlg): Promise<string> => {
  const { id: keyId, privateJwk: jwk } = sharedKey(subject);
  const body = { keyId, plaintext: payload, encoding: 'utf8', enc };
  const { jwe: token } = await tenant.admin.post<EncryptResult>('/encrypt', body);
  return outcomeOf(await peerOf(library).ask({ op: 'decrypt', alg: subject.alg, enc, token, jwk }), payload);
};

const givesUsJwe = async (library: string, subject: Subject, enc: ContentAlg): Promise<string> => {
  const isPair = madeKey(subject).publicKey !== null;
  const jwk = isPair ? (madeKey(subject).publicKey?.jwk ?? {}) : sharedKey(subject).privateJwk;
  const kid = isPair ? `${madeKey(subject).id}.1` : sharedKey(subject).kid;
  const answer = await peerOf(library).ask({ op: 'encrypt', alg: subject.alg, enc, kid, jwk, payload });
  if ('error' in answer) return answer.error;
  const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe: answer.value, encoding: 'utf8' });
  return opened.plaintext === payload && opened.enc === enc ? 'ok' : `another plaintext: ${opened.plaintext}`;
};

/** No token unwraps Ed25519 keys, so none is shared and the libraries sign with none. */
const cannotShare = ({ algorithm }: Subject): boolean => algorithm === 'Ed25519';

const expectAsListed = (outcome: string, library: string, algs: readonly string[], direction: Direction): void => {
  const exception = exceptionOf(library, algs, direction);
  if (exception === undefined) expect(outcome).toBe('ok');
  else expect(outcome, `it works: remove “${exception.reason}”`).not.toBe('ok');
};

describe.each(libraries.map(({ name }) => name))('%s', (library) => {
  it.each(
    subjects.filter(({ purpose }) => purpose !== 'encrypt').map((subject) => [nameOf(subject), subject] as const),
  )('and our signatures, %s', async (_, subject) => {
    expectAsListed(await takesOurSignature(library, subject), library, [subject.alg], 'ours');
    if (cannotShare(subject)) expect(shared.get(nameOf(subject))).toBe('algorithm-unavailable');
    else expectAsListed(await givesUsSignature(library, subject), library, [subject.alg], 'theirs');
  });

  const sealed = subjects
    .filter(({ purpose }) => purpose === 'encrypt')
    .flatMap((subject) =>
      contentAlgs.filter((enc) => fitsContent(subject.alg as JweAlg, enc)).map((enc) => [subject, enc] as const),
    );
  it.each(sealed.map(([subject, enc]) => [nameOf(subject), enc, subject] as const))(
    'and our JWEs, %s with %s',
    async (_, enc, subject) => {
      const algs = [subject.alg, enc];
      expectAsListed(await takesOurJwe(library, subject, enc), library, algs, 'ours');
      expectAsListed(await givesUsJwe(library, subject, enc), library, algs, 'theirs');
    },
  );
});

describe('the table of libraries', () => {
  it('has every algorithm that GET /algorithms offers', async () => {
    const { items, contentEncryption } = await tenant.admin.get<z.infer<typeof listAlgorithms.reply>>('/algorithms');
    const offered = items.filter(({ purpose }) => purpose !== 'wrap').flatMap(({ algs }) => algs);
    const tested = new Set<string>(subjects.map(({ alg }) => alg));
    expect(offered.filter((alg) => !tested.has(alg))).toEqual([]);
    expect(contentEncryption.map(({ enc }) => enc)).toEqual(contentAlgs);
    expect([...tested].filter((alg) => !(offered as readonly string[]).includes(alg))).toEqual([]);
  });

  it('is the page’s (UPDATE_GOLDEN=1 writes it)', () => {
    const algs = [...new Set(subjects.map(({ alg }) => alg)), ...contentAlgs];
    const cell = (library: string, alg: string): string => {
      const directions = (['ours', 'theirs'] as const).filter((direction) => exceptionOf(library, [alg], direction));
      const numbers = exceptions.flatMap((row, index) =>
        row.library === library && row.algs.includes(alg) ? [`(${index + 1})`] : [],
      );
      return directions.length === 0 ? 'yes' : `${directions.length === 2 ? 'no' : 'in part'} ${numbers.join(' ')}`;
    };
    const names = libraries.map(({ name }) => name);
    const page = [
      '# Libraries and algorithms',
      '',
      'Written by `npm run test:interop`. Yes: the library takes our tokens and we take its tokens, at its default settings. Public keys come from the tenant’s key set.',
      '',
      `| | ${names.join(' | ')} |`,
      `|---${'|---'.repeat(names.length)}|`,
      ...algs.map((alg) => `| ${alg} | ${names.map((name) => cell(name, alg)).join(' | ')} |`),
      '',
      ...exceptions.map(({ library, direction, reason }, index) => {
        const side = direction === undefined ? '' : direction === 'ours' ? ', our tokens' : ', its tokens';
        return `${index + 1}. ${library}${side}: ${reason}.`;
      }),
      '',
      'AnkaSecure imports no private Ed25519 key, because no token unwraps one. With EdDSA and Ed25519 only our signatures are tried.',
      '',
    ].join('\n');
    const file = join(repository, 'test/interop/interop.golden.md');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});
