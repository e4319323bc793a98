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
import { Partition } from '../custody/partition.js';
import { isCurrentKek, wrappedColumns } from '../key/wrapped-version.js';
import { type Making, ObjectMaker } from '../object/make-object.js';
import { PlatformKeys } from '../platform-key/platform-key.js';

/** The record of a new version, but for what the HSM makes. */
export interface NewVersion {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
  readonly state: 'PRE_ACTIVE' | 'ACTIVE';
  readonly activateAt?: string | undefined;
  readonly deactivateAt?: string | undefined;
  readonly custody: CustodyKind;
  /** The request whose rotation makes it. */
  readonly requestId?: string | undefined;
}

/** How a new version is made and recorded. */
export interface VersionMaking {
  readonly event: AuditEvent;
  readonly ref: Omit<KeyRef, 'objectId'>;
  readonly make: (key: NewKey) => Promise<GeneratedKey>;
  /**
   * Takes the tenant's fence and writes what else goes on record.
   * @returns false when the decision no longer holds: nothing is kept
   */
  readonly record: (manager: EntityManager) => Promise<boolean>;
  readonly report?: Making<unknown>['report'];
}

/** Makes key versions in the HSM and records them. */
@Injectable()
export class VersionMaker {
  constructor(
    readonly partition: Partition,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly platformKeys: PlatformKeys,
  ) {}

  /** @returns undefined when the decision was outdated and must be taken anew */
  async make(context: Context, version: NewVersion, making: VersionMaking): Promise<GeneratedKey | undefined> {
    const { keyId, custody } = version;
    const label = `ankasecure:${keyId}.${version.version}`;
    const wrapping =
      custody === 'token' ? undefined : await this.platformKeys.wrapping(context, keyId, version.version);
    return this.maker.make(context, {
      event: making.event,
      make: (objectId) => making.make({ ref: { ...making.ref, objectId }, label, wrapping, custody }),
      record: async (manager, objectId, made) => {
        if (!(await making.record(manager)) || !(await isCurrentKek(manager, wrapping))) return false;
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
    await manager.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, activate_at, deactivate_at, custody, partition, token_label, token_serial, object_id, spki, request_id, wrapped_blob, wrapped_mac, kek_generation, sealed_key)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        version.tenantId,
        version.keyId,
        version.version,
        version.state,
        version.activateAt ?? null,
        version.deactivateAt ?? null,
        version.custody,
        this.partition.name,
        label,
        serial,
        objectId,
        made.spki,
        version.requestId ?? null,
        ...wrappedColumns(made, wrapping),
      ],
    );
  }
}
