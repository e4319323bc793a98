import { type AlgorithmName, algorithmNames, algorithmOf, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import type { FairTurns } from '../../turn/fair-turns.js';
import { hsmRefusals, OwnTurns } from '../../turn/own-turns.js';
import { quickTurns, slowTurns } from '../../turn/thread-turns.js';
import type {
  Capability,
  GcmSealed,
  GeneratedKey,
  KeyCustody,
  KeyRef,
  NewKey,
  SignatureRequest,
  WrappedKey,
  Wrapping,
} from '../custody.js';
import { aadOf, dataKeyOf, nameOf, sealedIn } from './sealed-key.js';
import {
  agreePlain,
  decapsulateCekPlain,
  decapsulatePlain,
  decryptOaepPlain,
  makePlain,
  openGcmPlain,
  sealGcmPlain,
  signPlain,
  unwrapCekPlain,
  wrapCekPlain,
} from './secret-key.js';
import { UnsealedKeys } from './unsealed-keys.js';
import type { DataKey, Vault } from './vault.js';

/** The schemes that libuv's threads sign. A signature of SLH-DSA takes up to seconds. This thread makes all others. */
const signingTurns: Partial<Readonly<Record<SignatureRequest['scheme'], FairTurns>>> = {
  'ml-dsa': quickTurns,
  'slh-dsa': slowTurns,
};

/** The most keys in plaintext at once. */
const defaultCapacity = 256;

const capabilityOf = (algorithm: AlgorithmName, purpose: Purpose, lack: string | null): Capability => {
  const algs = joseAlgs(algorithm, purpose);
  if (lack === null) return { algorithm, purpose, algs, excluded: [], outsideSteps: [] };
  const excluded = algs.map((alg) => ({ alg, code: 'token-lacks-mechanism' as const, detail: lack }));
  return { algorithm, purpose, algs: [], excluded, outsideSteps: [] };
};

const table = (lackOf: (purpose: Purpose) => string | null): ReadonlyMap<string, Capability> =>
  new Map(
    algorithmNames.flatMap((algorithm) =>
      (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) => [
        `${algorithm}/${purpose}`,
        capabilityOf(algorithm, purpose, lackOf(purpose)),
      ]),
    ),
  );

/** This process computes everything but imports, which only the HSM does. */
const able = table((purpose) => (purpose === 'wrap' ? 'keys can be imported only into the HSM' : null));
const unable = table(() => 'the token cannot seal keys');

/**
 * Keys that this process makes and uses in its own memory, for algorithms that the token lacks. At rest, a data key of the
 * HSM seals each key. The database, or a backup of it, is therefore useless without the HSM. The process's memory holds the
 * keys in use. Policy decides whether software keys are allowed.
 */
export class SoftwareCustody implements KeyCustody {
  readonly kind = 'software';
  private readonly unsealed: UnsealedKeys;
  private readonly turns = new OwnTurns();

  constructor(
    private readonly vault: Vault,
    capacity = defaultCapacity,
  ) {
    this.unsealed = new UnsealedKeys(capacity);
  }

  async capability(budget: Deadline, algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    if (await this.vault.able(budget)) return this.known(algorithm, purpose);
    throw new AnkaError('algorithm-unavailable', 'The token cannot seal keys, so keys cannot be kept in software');
  }

  known(algorithm: AlgorithmName, purpose: Purpose): Capability {
    return this.capabilityTable.get(`${algorithm}/${purpose}`) ?? capabilityOf(algorithm, purpose, null);
  }

  capabilities(): readonly Capability[] {
    return [...this.capabilityTable.values()];
  }

  private get capabilityTable(): ReadonlyMap<string, Capability> {
    return this.vault.knownUnable() ? unable : able;
  }

  async generate(budget: Deadline, { ref, wrapping }: NewKey): Promise<GeneratedKey> {
    if (wrapping === undefined) throw new AnkaError('internal-error', 'custody: no KEK to seal under');
    const wrapped = await this.vault.makeDataKey(budget, wrapping);
    const dataKey: DataKey = { objectId: ref.objectId, wrapped: { ...wrapped, wrapping } };
    const { secret, spki } = await slowTurns.take(budget, () => makePlain(ref.algorithm), false, hsmRefusals);
    try {
      const sealed = await this.vault.seal(budget, dataKey, aadOf(ref, wrapping), secret);
      return { spki, wrapped, sealed };
    } finally {
      secret.fill(0);
    }
  }

  rewrap(budget: Deadline, ref: KeyRef, to: Wrapping): Promise<WrappedKey> {
    return this.vault.rewrap(budget, dataKeyOf(ref), to);
  }

  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    this.unsealed.forget(objectIds);
  }

  /** The URI of the KEK, since the key itself is not an object of the token. */
  uri(ref: KeyRef): string {
    return this.vault.uri(dataKeyOf(ref).wrapped.wrapping);
  }

  sign(budget: Deadline, ref: KeyRef, request: SignatureRequest, input: Uint8Array): Promise<Uint8Array> {
    const turns = signingTurns[request.scheme] ?? this.turns;
    return this.using(budget, ref, (secret) => signPlain(ref.algorithm, secret, request, input), turns);
  }

  decryptOaep(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => decryptOaepPlain(secret, ciphertext)));
  }

  agree(budget: Deadline, ref: KeyRef, peer: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => agreePlain(ref.algorithm, secret, peer)));
  }

  decapsulateCek(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => decapsulateCekPlain(secret, ciphertext, wrapped)));
  }

  decapsulate(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => decapsulatePlain(secret, ciphertext)));
  }

  wrapCek(budget: Deadline, ref: KeyRef, cek: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => wrapCekPlain(secret, cek));
  }

  unwrapCek(budget: Deadline, ref: KeyRef, wrapped: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => unwrapCekPlain(secret, wrapped)));
  }

  sealGcm(budget: Deadline, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array): Promise<GcmSealed> {
    return this.using(budget, ref, (secret) => sealGcmPlain(secret, aad, plaintext));
  }

  openGcm(budget: Deadline, ref: KeyRef, sealed: GcmSealed, aad: Uint8Array): Promise<Uint8Array> {
    return this.using(budget, ref, (secret) => uniform(() => openGcmPlain(secret, sealed, aad)));
  }

  /** The key is looked up when its turn comes, since it may have been wiped by then. `work` keeps no reference to it. */
  private async using<Result>(
    budget: Deadline,
    ref: KeyRef,
    work: (secret: Buffer) => Result | Promise<Result>,
    turns: FairTurns = this.turns,
  ): Promise<Result> {
    const name = nameOf(ref);
    const tryIt = async (): Promise<{ readonly value: Result } | undefined> => {
      const secret = this.unsealed.get(name);
      return secret && { value: await work(secret) };
    };
    let done = await turns.take(budget, tryIt, false, hsmRefusals);
    while (done === undefined) {
      const secret = await this.unseal(budget, ref);
      this.unsealed.put(name, ref.objectId, secret);
      done = await turns.take(budget, tryIt, true, hsmRefusals);
    }
    return done.value;
  }

  /** @throws AnkaError `key-blob-refused` if it was not sealed for this key */
  private async unseal(budget: Deadline, ref: KeyRef): Promise<Buffer> {
    const dataKey = dataKeyOf(ref);
    const aad = aadOf(ref, dataKey.wrapped.wrapping);
    const opened = await this.vault.open(budget, dataKey, aad, sealedIn(ref));
    // The copy has memory of its own, outside the pool of buffers.
    const secret = Buffer.alloc(opened.length);
    secret.set(opened);
    opened.fill(0);
    return secret;
  }
}

/** Answers every failed decryption alike. */
const uniform = (work: () => Buffer): Buffer => {
  try {
    return work();
  } catch {
    throw new AnkaError('decryption-failed');
  }
};
