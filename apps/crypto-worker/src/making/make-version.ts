import type { AuditEvent, Context } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  Custody,
  type CustodyKind,
  type GeneratedKey,
  type KeyRef,
  type NewKey,
  type Wrapping,
} from '../custody/custody.js';
import { ownerOfKey } from '../custody/object-owner.js';
import { Partition } from '../custody/partition.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { isCurrentKek, wrappedColumns } from '../key/wrapped-version.js';
import { type Making, ObjectMaker } from '../object/make-object.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { KeyRoom } from './key-room.js';

/** The record of a new version, without the members that the HSM makes. */
export interface NewVersion {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly state: 'PRE_ACTIVE' | 'ACTIVE';
  readonly activateAt: Date | null;
  readonly deactivateAt: Date | null;
  readonly custody: CustodyKind;
  /** The rotation request that makes the version. */
  readonly requestId: string | null;
}

/** How a new version is made and recorded. */
export interface VersionMaking {
  readonly event: AuditEvent;
  readonly ref: Omit<KeyRef, 'objectId' | 'owner'>;
  readonly make: (key: NewKey) => Promise<GeneratedKey>;
  /**
   * Takes the tenant's fence and checks everything that could still refuse the version. It seals nothing.
   * @returns false if the decision no longer holds; nothing is kept
   */
  readonly holds: (manager: EntityManager) => Promise<boolean>;
  /** Writes the rest of the record. @returns false if another worker was first; nothing is kept */
  readonly record: (manager: EntityManager) => Promise<boolean>;
  readonly report?: Making<unknown>['report'];
}

/** Whether a version has a blob that the tenant's KEK wraps. */
const hasBlob: Readonly<Record<CustodyKind, boolean>> = { token: false, wrapped: true, software: true, public: false };

/** Makes key versions in the HSM and records them. */
@Injectable()
export class VersionMaker {
  constructor(
    readonly partition: Partition,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly platformKeys: PlatformKeys,
    readonly room: KeyRoom,
  ) {}

  /** @returns undefined if the decision was outdated and must be made again */
  async make(context: Context, version: NewVersion, making: VersionMaking): Promise<GeneratedKey | undefined> {
    const { tenantId, keyId, custody } = version;
    const owner = { tenantId, keyId, version: version.version };
    const wrapping = hasBlob[custody] ? await this.platformKeys.wrapping(context, keyId, version.version) : undefined;
    return this.maker.make(context, {
      owner: ownerOfKey(owner),
      event: making.event,
      make: (objectId) => making.make({ ref: { ...making.ref, owner, objectId }, wrapping, custody }),
      record: async (manager, objectId, made) => {
        if (!(await making.holds(manager)) || !(await isCurrentKek(manager, wrapping))) return false;
        if (!(await making.record(manager))) return false;
        await this.insert(manager, version, objectId, made, wrapping);
        return true;
      },
      report: making.report,
    });
  }

  private async insert(
    manager: EntityManager,
    version: NewVersion,
    objectId: Uint8Array,
    made: GeneratedKey,
    wrapping: Wrapping | undefined,
  ): Promise<void> {
    const { label, serial } = this.custody.token;
    await manager.insert(KeyVersionRecord, {
      ...version,
      partition: this.partition.name,
      tokenLabel: label,
      tokenSerial: serial,
      objectId: Buffer.from(objectId),
      spki: made.spki === null ? null : Buffer.from(made.spki),
      ...wrappedColumns(made, wrapping),
    });
  }
}
