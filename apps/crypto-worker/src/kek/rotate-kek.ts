import type { Context, DryRun, Kek } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { enabledTenant } from '../key/lock/enabled-tenant.js';
import type { NamedAction } from '../outcome/event.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { beginRotation } from './kek.sql.js';
import { readKek } from './read-kek.js';

/**
 * Starts the rotation of a tenant's KEK: makes the new KEK. From the commit that records it, it wraps every new key.
 * `RewrapKeys` does the rest.
 */
@Injectable()
export class RotateKek {
  constructor(
    private readonly dataSource: DataSource,
    private readonly platformKeys: PlatformKeys,
    private readonly actions: KeyActionRunner,
    private readonly partition: Partition,
  ) {}

  /** Returns the rotation under way if there is one. @throws AnkaError `tenant-unknown`, `tenant-disabled`, and custody's errors */
  rotate(context: Context): Promise<Kek | DryRun> {
    return this.actions.runInHsm(context, {
      ...this.name,
      check: async (manager) => {
        await enabledTenant(manager, context.tenantId);
        return readKek(manager, context.tenantId);
      },
      foresee: () => ({ key: {} }),
      perform: (kek) => this.begin(context, kek),
    });
  }

  private get name(): NamedAction {
    return { operation: 'kek.rotate', algorithm: 'AES-256', details: { partition: this.partition.name } };
  }

  private async begin(context: Context, before: Kek): Promise<Kek> {
    const { tenantId } = context;
    if (before.state === 'rotating') return this.joined(context, before);
    const made = await this.platformKeys.makeKek(context, before.generation, (manager, generation) =>
      beginRotation(manager, context, generation, this.partition.name),
    );
    const after = await withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
    // Another worker has begun a rotation meanwhile.
    return made ? after : this.joined(context, after);
  }

  /** The call started nothing: a rotation is under way already. */
  private async joined(context: Context, kek: Kek): Promise<Kek> {
    const { details, ...name } = this.name;
    const generation = String(kek.generation);
    await this.actions.recordUnchanged(context, { ...name, details: { ...details, generation } });
    return kek;
  }
}
