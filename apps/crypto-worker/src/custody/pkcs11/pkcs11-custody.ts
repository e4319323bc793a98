import { algorithmOf, hashBytes, isHpkeAlg, isMlKemJweAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import type {
  Anchor,
  Capability,
  Custody,
  CustodyKind,
  FoundKey,
  GcmSealed,
  GeneratedKey,
  ImportAbility,
  ImportedMaterial,
  KeyRef,
  NewKey,
  PartitionKeyKind,
  PartitionRef,
  SignatureRequest,
  TokenIdentity,
  WrappedKey,
  Wrapping,
} from '../custody.js';
import { bindsOwner, type ObjectOwner, type PlatformKeyKind, type PlatformRef } from '../object-owner.js';
import type { Reply } from './job/frame.js';
import { type OperationName, signatureVariants } from './job/job.js';
import { platformShapes } from './job/key-shape.js';
import { platformVariant } from './job/platform-signing.js';
import { objectClassOf } from './kind/kinds.js';
import { anchorVariant } from './operation/anchor.js';
import { findVariant } from './operation/find-named.js';
import { type InspectSpec, inspectVariant } from './operation/inspect.js';
import type { CustodyLogger, Pkcs11Config, Pkcs11Options } from './profile/config.js';
import { assertFits, assertMakes, assertStoresData } from './profile/refusal.js';
import { anchorIn, inspected, part } from './reply.js';
import { TokenRuntime } from './token/token-runtime.js';
import { objectUri } from './uri.js';
import { checkedRandom, fitsKem, isWrappedCek, randomRequest } from './use/input.js';

export type { CustodyLogger, CustodyObserver, Pkcs11Config, Pkcs11Options } from './profile/config.js';
export { PinUnfit } from './token/pin-length.js';
export { probeToken } from './token/probe.js';
export { mayPass, PinRefused } from './token/token-module.js';

const variants = new Map(signatureVariants.map(({ scheme, hash }, index) => [`${scheme}/${hash ?? ''}`, index]));
const hmacSha256 = variants.get('hmac/sha256') ?? 0;

const variantOf = (request: SignatureRequest): number => {
  const variant = variants.get(`${request.scheme}/${'hash' in request ? request.hash : ''}`);
  if (variant === undefined) throw new AnkaError('internal-error', 'The signature scheme is unknown.');
  return variant;
};

/** Checks a condition that callers inside the worker guarantee. Some tokens end the process if it is broken. */
export const assure = (good: boolean, what: string): void => {
  if (!good) throw new AnkaError('internal-error', `custody: ${what}`);
};

/** @returns undefined for an object that is missing, after it was looked for as long as it might be another process's */
const ifThere = async (found: Promise<Reply>): Promise<Reply | undefined> => {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'key-not-found') return undefined;
    throw error;
  }
};

/** Keys as objects of one PKCS#11 token. */
export class Pkcs11Custody implements Custody {
  readonly kind: CustodyKind = 'token';
  protected readonly runtime: TokenRuntime;

  constructor(runtime: TokenRuntime) {
    this.runtime = runtime;
  }

  get token(): TokenIdentity {
    return this.runtime.identity;
  }

  /** Names the key for a lane. */
  protected locatorOf(ref: KeyRef): Uint8Array {
    return this.runtime.locators.of(ref);
  }

  capability(...[budget, algorithm, purpose]: Parameters<Custody['capability']>): Promise<Capability> {
    return this.runtime.capabilities.of(budget, algorithm, purpose);
  }

  known(...[algorithm, purpose]: Parameters<Custody['known']>): Capability {
    return this.runtime.capabilities.now(algorithm, purpose);
  }

  capabilities(): readonly Capability[] {
    return this.runtime.capabilities.all();
  }

  async generate(budget: Deadline, { ref }: NewKey): Promise<GeneratedKey> {
    assure(ref.purpose !== 'encrypt' || ref.alg !== null, 'a key for encrypt must have a JOSE algorithm');
    assure(bindsOwner(ref.objectId), 'a CKA_ID must bind its owner');
    assertMakes(this.runtime.profile, 'key');
    const reply = await this.make(budget, ref.objectId, this.runtime.locators.ofObject(ref));
    return { spki: reply.parts[0] ?? null, wrapped: null };
  }

  async generatePlatformKey(budget: Deadline, ref: PlatformRef | PartitionRef): Promise<GeneratedKey> {
    assertMakes(this.runtime.profile, ref.kind);
    assure('label' in ref || bindsOwner(ref.objectId), 'a CKA_ID must bind its owner');
    const locator = this.runtime.locators.ofPlatformKey(ref);
    const reply = await this.make(budget, ref.objectId, locator);
    return { spki: reply.parts[0] ?? null, wrapped: null };
  }

  async platformObjects(budget: Deadline, kind: PlatformKeyKind, tenantId: string): Promise<readonly Uint8Array[]> {
    const name = this.runtime.locators.nameOf({ role: kind, tenantId, keyId: null, version: 1 });
    const found = this.runtime.call(budget, 'find-named', findVariant.all, [Buffer.from(JSON.stringify(name))]);
    return (await ifThere(found))?.parts ?? [];
  }

  async findByLabel(budget: Deadline, kind: PartitionKeyKind, label: string): Promise<readonly FoundKey[]> {
    const spec: InspectSpec = { shape: platformShapes[kind], label };
    const found = this.runtime.call(budget, 'inspect', inspectVariant.label, [Buffer.from(JSON.stringify(spec))]);
    return ((await ifThere(found))?.parts ?? []).map((found) => inspected(Buffer.from(found)));
  }

  async checkPlatformKey(budget: Deadline, ref: PlatformRef): Promise<void> {
    await this.runtime.call(budget, 'inspect', inspectVariant.named, [this.runtime.locators.ofPlatformKey(ref)]);
  }

  importAbility(...of: Parameters<Custody['importAbility']>): ImportAbility {
    return this.runtime.importAbility(...of);
  }

  async importKey(budget: Deadline, key: NewKey, material: ImportedMaterial): Promise<GeneratedKey> {
    const reply = await this.bringIn(budget, key, material, []);
    return { spki: reply.parts[0] ?? null, wrapped: null };
  }

  protected bringIn(
    budget: Deadline,
    { ref }: NewKey,
    material: ImportedMaterial,
    wrapping: readonly Uint8Array[],
  ): Promise<Reply> {
    assure(ref.purpose !== 'encrypt' || ref.alg !== null, 'a key for encrypt must have a JOSE algorithm');
    const { locators } = this.runtime;
    const under =
      material.method === 'aes-kwp' ? locators.of(material.wrappingKey) : locators.ofPlatformKey(material.importKey);
    const parts = [Buffer.from(material.method), locators.ofObject(ref), under, material.wrappedKey, ...wrapping];
    return this.runtime.call(budget, 'import', 0, parts);
  }

  async destroy(budget: Deadline, owner: ObjectOwner, objectId: Uint8Array): Promise<number> {
    assure(objectId.length > 0, 'no CKA_ID');
    const name = Buffer.from(JSON.stringify(this.runtime.locators.nameOf(owner)));
    const reply = await ifThere(this.runtime.call(budget, 'destroy', 0, [objectId, name]));
    const count = reply === undefined ? 0 : Buffer.from(part(reply, 0)).readUInt32LE();
    // An object is not gone because another token, or none, does not have it.
    if (count === 0 && !(await this.runtime.isProved())) throw new AnkaError('hsm-unavailable');
    return count;
  }

  async readAnchor(budget: Deadline, label: string): Promise<Anchor | null> {
    const { parts } = await this.anchor(budget, anchorVariant.read, label, Buffer.alloc(0));
    const [held] = parts;
    return held === undefined ? null : anchorIn(held);
  }

  async writeAnchor(budget: Deadline, label: string, { number, value }: Anchor): Promise<Anchor> {
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(number));
    return anchorIn(part(await this.anchor(budget, anchorVariant.write, label, Buffer.concat([head, value])), 0));
  }

  // Objects of the token are never wrapped.
  rewrap(_budget: Deadline, _ref: KeyRef, _to: Wrapping): Promise<WrappedKey> {
    return Promise.reject(new AnkaError('key-not-found', 'The key is not wrapped.'));
  }

  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    this.runtime.forgetUnwrapped(objectIds);
  }

  uri(ref: KeyRef): string {
    return objectUri(this.token, ref.objectId, objectClassOf(algorithmOf(ref.algorithm)));
  }

  async sign(budget: Deadline, ref: KeyRef, request: SignatureRequest, input: Uint8Array): Promise<Uint8Array> {
    if (request.scheme === 'rsa-pkcs1' || request.scheme === 'rsa-pss')
      assure(input.length === hashBytes[request.hash], 'the digest does not have the length of its hash');
    if (request.scheme === 'hmac') assertFits(this.runtime.profile, 'mac', input);
    if (request.scheme === 'ecdsa') assure(input.length >= 20 && input.length <= 64, 'the input is not a digest');
    // A signature of SLH-DSA may take seconds, so it never runs on all lanes at once.
    const slow = request.scheme === 'slh-dsa';
    return part(await this.runtime.call(budget, 'sign', variantOf(request), [this.locatorOf(ref), input], slow), 0);
  }

  platformMac(budget: Deadline, ref: PlatformRef | PartitionRef, input: Uint8Array): Promise<Uint8Array> {
    const operation = ref.kind === 'record-mac' ? 'mac-record' : 'sign';
    return this.one(budget, operation, hmacSha256, [this.runtime.locators.ofPlatformKey(ref), input]);
  }

  async platformSign(budget: Deadline, ref: PlatformRef, input: Uint8Array): Promise<Uint8Array> {
    return this.one(budget, 'sign', platformVariant(ref.kind), [this.runtime.locators.ofPlatformKey(ref), input]);
  }

  async random(budget: Deadline, length: number): Promise<Uint8Array> {
    return checkedRandom(await this.one(budget, 'random', 0, [randomRequest(length)]), length);
  }

  async decryptOaep(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    if (ciphertext.length !== algorithmOf(ref.algorithm).bits / 8) throw new AnkaError('decryption-failed');
    return this.one(budget, 'decrypt-oaep', 0, [this.locatorOf(ref), ciphertext]);
  }

  async agree(budget: Deadline, ref: KeyRef, peer: Uint8Array): Promise<Uint8Array> {
    const size = Math.ceil(algorithmOf(ref.algorithm).bits / 8);
    if (peer.length !== 1 + 2 * size || peer[0] !== 4) throw new AnkaError('decryption-failed');
    return this.one(budget, 'agree', size, [this.locatorOf(ref), peer]);
  }

  async decapsulateCek(
    budget: Deadline,
    ref: KeyRef,
    ciphertext: Uint8Array,
    wrapped: Uint8Array,
  ): Promise<Uint8Array> {
    assure(isMlKemJweAlg(ref.alg), 'the key does not decapsulate for envelopes');
    if (!fitsKem(ref, ciphertext) || !isWrappedCek(wrapped)) throw new AnkaError('decryption-failed');
    return this.one(budget, 'decapsulate-cek', 0, [this.locatorOf(ref), ciphertext, wrapped]);
  }

  async decapsulate(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    assure(ref.purpose === 'encapsulate' || isHpkeAlg(ref.alg), 'the secrets of this key must not leave the token');
    if (!fitsKem(ref, ciphertext)) throw new AnkaError('decryption-failed');
    return this.one(budget, 'decapsulate', 0, [this.locatorOf(ref), ciphertext]);
  }

  async wrapCek(budget: Deadline, ref: KeyRef, cek: Uint8Array): Promise<Uint8Array> {
    assure(cek.length >= 16 && cek.length % 8 === 0 && cek.length <= 512, 'the input is not a content encryption key');
    return this.one(budget, 'wrap-cek', 0, [this.locatorOf(ref), cek]);
  }

  async unwrapCek(budget: Deadline, ref: KeyRef, wrapped: Uint8Array): Promise<Uint8Array> {
    if (!isWrappedCek(wrapped)) throw new AnkaError('decryption-failed');
    return this.one(budget, 'unwrap-cek', 0, [this.locatorOf(ref), wrapped]);
  }

  async sealGcm(budget: Deadline, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array): Promise<GcmSealed> {
    assertFits(this.runtime.profile, 'gcm', plaintext);
    const reply = await this.runtime.call(budget, 'seal-gcm', 0, [this.locatorOf(ref), aad, plaintext]);
    return { iv: part(reply, 0), ciphertext: part(reply, 1), tag: part(reply, 2) };
  }

  async openGcm(budget: Deadline, ref: KeyRef, sealed: GcmSealed, aad: Uint8Array): Promise<Uint8Array> {
    const { iv, ciphertext, tag } = sealed;
    if (iv.length < 12 || iv.length > 16 || tag.length !== 16) throw new AnkaError('decryption-failed');
    return this.one(budget, 'open-gcm', 0, [this.locatorOf(ref), iv, ciphertext, tag, aad]);
  }

  healthy(): boolean {
    return this.runtime.healthy();
  }

  close(): Promise<void> {
    return this.runtime.close();
  }

  private anchor(budget: Deadline, variant: number, label: string, value: Uint8Array): Promise<Reply> {
    assertStoresData(this.runtime.profile);
    return this.runtime.call(budget, 'anchor', variant, [Buffer.from(label), value]);
  }

  private async one(
    budget: Deadline,
    operation: OperationName,
    variant: number,
    parts: readonly Uint8Array[],
  ): Promise<Uint8Array> {
    const reply = await this.runtime.call(budget, operation, variant, parts);
    return part(reply, 0);
  }

  /** Some HSMs make one key a second, of whatever kind, so making keys never takes all lanes. */
  private async make(budget: Deadline, objectId: Uint8Array, locator: Uint8Array): Promise<Reply> {
    assure(objectId.length === 16, 'a CKA_ID must have 16 bytes');
    return this.runtime.call(budget, 'generate', 0, [locator], true);
  }
}

/**
 * Opens a partition: loads the library, logs in, starts lanes, runs the quick self-tests.
 * @throws PinRefused (do not start again before the PIN is corrected), SlotNotFound, or the library's error
 */
export const openPkcs11Custody = async (
  config: Pkcs11Config,
  logger: CustodyLogger,
  options: Pkcs11Options = {},
): Promise<Pkcs11Custody> => new Pkcs11Custody(await TokenRuntime.open(config, logger, options));
