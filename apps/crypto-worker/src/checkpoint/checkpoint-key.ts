import { type NoteAlgorithm, type NoteKey, noteKeyOf, originOf } from '@ankasecure/audit-event';
import type { Context } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Custody, type PlatformRef } from '../custody/custody.js';
import type { CheckpointKeyKind } from '../custody/object-owner.js';
import { type PlatformKey, PlatformKeys } from '../platform-key/platform-key.js';
import { CheckpointConfig } from './checkpoint.config.js';

/** A key that signs a tenant's checkpoints. */
export interface CheckpointKey extends NoteKey {
  readonly generation: number;
  readonly ref: PlatformRef;
}

const algorithmsOf = {
  'checkpoint-ed25519': 'Ed25519',
  'checkpoint-p256': 'EC-P256',
  'checkpoint-ml-dsa': 'ML-DSA-44',
} as const satisfies Record<CheckpointKeyKind, NoteAlgorithm>;
const kinds = Object.keys(algorithmsOf) as CheckpointKeyKind[];

/**
 * The keys of a tenant's checkpoints: one of Ed25519, or of EC-P256 where the token does not sign with Ed25519, and one of ML-DSA-44
 * where it does. Their names are the tenant's log.
 */
@Injectable()
export class CheckpointKeys {
  constructor(
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly config: CheckpointConfig,
  ) {}

  originOf(tenantId: string): string {
    return originOf(this.config.deployment, tenantId);
  }

  /** The keys that sign now. They are made if the tenant has none. @throws AnkaError `tenant-unknown` for a tenant of another partition */
  async signing(context: Context): Promise<readonly CheckpointKey[]> {
    const { tenantId } = context;
    await this.platformKeys.find(tenantId, 'audit-mac', null);
    const isEd25519 = (await this.has(tenantId, 'checkpoint-ed25519')) || (await this.canSign(context, 'Ed25519'));
    const chosen: CheckpointKeyKind[] = [isEd25519 ? 'checkpoint-ed25519' : 'checkpoint-p256'];
    if (await this.canSign(context, 'ML-DSA-44')) chosen.push('checkpoint-ml-dsa');
    const keys: CheckpointKey[] = [];
    for (const kind of chosen) keys.push(this.keyOf(tenantId, kind, await this.platformKeys.provide(context, kind)));
    return keys;
  }

  /** All keys that the tenant's checkpoints verify under, oldest first of each algorithm. */
  async all(tenantId: string): Promise<readonly CheckpointKey[]> {
    const keys: CheckpointKey[] = [];
    for (const kind of kinds)
      for (const key of await this.platformKeys.all(tenantId, kind)) keys.push(this.keyOf(tenantId, kind, key));
    return keys;
  }

  private async has(tenantId: string, kind: CheckpointKeyKind): Promise<boolean> {
    return (await this.platformKeys.all(tenantId, kind)).length > 0;
  }

  private async canSign(context: Context, algorithm: NoteAlgorithm): Promise<boolean> {
    return (await this.custody.capability(context, algorithm, 'sign')).algs.length > 0;
  }

  private keyOf(tenantId: string, kind: CheckpointKeyKind, { generation, ref, spki }: PlatformKey): CheckpointKey {
    if (spki === null) throw new Error('a checkpoint key has no public key');
    return { ...noteKeyOf(algorithmsOf[kind], this.originOf(tenantId), spki), generation, ref };
  }
}
