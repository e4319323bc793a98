import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import {
  type Anchor,
  type Capability,
  type Custody,
  type CustodyKind,
  type GcmSealed,
  type ImportedMaterial,
  type KeyCustody,
  type KeyRef,
  type NewKey,
  type ObjectOwner,
  type PartitionKeyKind,
  type PartitionRef,
  type PlatformKeyKind,
  type PlatformRef,
  type SignatureRequest,
  type TokenIdentity,
  type Wrapping,
} from '../custody.js';
import { isLacking, tokenDoesIt } from '../lacking.js';
import { PublicCustody } from '../public/public-custody.js';

/**
 * Combines the custodies of one partition. Each call goes to the custody that has the key. The token custody answers for
 * platform keys and for the token.
 */
export class CustodyByKind implements Custody {
  readonly kind = 'token';
  readonly token: TokenIdentity;
  private readonly publicKeys = new PublicCustody();

  constructor(
    private readonly objects: Custody,
    private readonly blobs: Custody,
    private readonly software: KeyCustody,
  ) {
    this.token = objects.token;
  }

  private of(ref: KeyRef): KeyCustody {
    if (ref.isPublic === true) return this.publicKeys;
    if (ref.sealed !== undefined) return this.software;
    return ref.wrapped === undefined ? this.objects : this.blobs;
  }

  /** @throws AnkaError `algorithm-unavailable` for `software` if the token supports the algorithm, or will once it is healthy */
  async capability(
    budget: Deadline,
    algorithm: AlgorithmName,
    purpose: Purpose,
    custody?: CustodyKind,
  ): Promise<Capability> {
    if (custody === 'public') return this.publicKeys.capability(budget, algorithm, purpose);
    if (custody === 'wrapped') return this.blobs.capability(budget, algorithm, purpose);
    const inToken = await this.objects.capability(budget, algorithm, purpose);
    if (custody !== 'software') return inToken;
    if (isLacking(inToken)) return this.software.capability(budget, algorithm, purpose);
    throw new AnkaError('algorithm-unavailable', tokenDoesIt(algorithm, purpose));
  }
  known(algorithm: AlgorithmName, purpose: Purpose, custody?: CustodyKind): Capability {
    if (custody === 'public') return this.publicKeys.known(algorithm, purpose);
    return (custody === 'software' ? this.software : this.objects).known(algorithm, purpose);
  }
  capabilities(custody?: CustodyKind): readonly Capability[] {
    return (custody === 'wrapped' ? this.blobs : this.objects).capabilities();
  }

  generate(budget: Deadline, key: NewKey) {
    if (key.custody === 'public') return this.publicKeys.generate(budget, key);
    if (key.custody === 'software') return this.software.generate(budget, key);
    return (key.wrapping === undefined ? this.objects : this.blobs).generate(budget, key);
  }
  generatePlatformKey(budget: Deadline, ref: PlatformRef | PartitionRef) {
    return this.objects.generatePlatformKey(budget, ref);
  }
  platformObjects(budget: Deadline, kind: PlatformKeyKind, tenantId: string) {
    return this.objects.platformObjects(budget, kind, tenantId);
  }
  findByLabel(budget: Deadline, kind: PartitionKeyKind, label: string) {
    return this.objects.findByLabel(budget, kind, label);
  }
  checkPlatformKey(budget: Deadline, ref: PlatformRef) {
    return this.objects.checkPlatformKey(budget, ref);
  }
  importAbility(...of: Parameters<Custody['importAbility']>) {
    return this.objects.importAbility(...of);
  }
  importKey(budget: Deadline, key: NewKey, material: ImportedMaterial) {
    return (key.wrapping === undefined ? this.objects : this.blobs).importKey(budget, key, material);
  }
  destroy(budget: Deadline, owner: ObjectOwner, objectId: Uint8Array) {
    return this.objects.destroy(budget, owner, objectId);
  }
  readAnchor(budget: Deadline, label: string) {
    return this.objects.readAnchor(budget, label);
  }
  writeAnchor(budget: Deadline, label: string, anchor: Anchor) {
    return this.objects.writeAnchor(budget, label, anchor);
  }
  rewrap(budget: Deadline, ref: KeyRef, to: Wrapping) {
    return this.of(ref).rewrap(budget, ref, to);
  }
  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    this.blobs.forgetUnwrapped(objectIds);
    this.software.forgetUnwrapped(objectIds);
  }
  uri(ref: KeyRef): string | null {
    return this.of(ref).uri(ref);
  }

  sign(budget: Deadline, ref: KeyRef, request: SignatureRequest, input: Uint8Array) {
    return this.of(ref).sign(budget, ref, request, input);
  }
  platformMac(budget: Deadline, ref: PlatformRef | PartitionRef, input: Uint8Array) {
    return this.objects.platformMac(budget, ref, input);
  }
  random(budget: Deadline, length: number) {
    return this.objects.random(budget, length);
  }
  platformSign(budget: Deadline, ref: PlatformRef, input: Uint8Array) {
    return this.objects.platformSign(budget, ref, input);
  }
  decryptOaep(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array) {
    return this.of(ref).decryptOaep(budget, ref, ciphertext);
  }
  agree(budget: Deadline, ref: KeyRef, peer: Uint8Array) {
    return this.of(ref).agree(budget, ref, peer);
  }
  decapsulateCek(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array, wrapped: Uint8Array) {
    return this.of(ref).decapsulateCek(budget, ref, ciphertext, wrapped);
  }
  decapsulate(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array) {
    return this.of(ref).decapsulate(budget, ref, ciphertext);
  }
  wrapCek(budget: Deadline, ref: KeyRef, cek: Uint8Array) {
    return this.of(ref).wrapCek(budget, ref, cek);
  }
  unwrapCek(budget: Deadline, ref: KeyRef, wrapped: Uint8Array) {
    return this.of(ref).unwrapCek(budget, ref, wrapped);
  }
  sealGcm(budget: Deadline, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array) {
    return this.of(ref).sealGcm(budget, ref, aad, plaintext);
  }
  openGcm(budget: Deadline, ref: KeyRef, sealed: GcmSealed, aad: Uint8Array) {
    return this.of(ref).openGcm(budget, ref, sealed, aad);
  }

  healthy(): boolean {
    return this.objects.healthy();
  }
  close(): Promise<void> {
    this.software.forgetUnwrapped('all');
    return this.objects.close();
  }
}
