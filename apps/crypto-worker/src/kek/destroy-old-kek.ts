import type { AuditEvent } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { ownerOfPlatformKey } from '../custody/object-owner.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { ObjectDestroyer } from '../object/destroy-object.js';
import { type Intent, Intents } from '../object/intent.js';
import { recordKekDestroyed } from '../object/record-kek-destroyed.js';
import { type OpenRotation, rotationEvent } from './open-rotation.js';
import { isKekUnneeded } from './rewrap.sql.js';

/** Destroys the KEKs that a rotation has replaced, once no blob names them and no new blob can name them. */
@Injectable()
export class DestroyOldKeks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intents: Intents,
    private readonly destroyer: ObjectDestroyer,
  ) {}

  async destroyOlder(rotation: OpenRotation): Promise<void> {
    const { tenantId, generation } = rotation;
    const older = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.find(PlatformKeyRecord, {
        where: { tenantId, kind: 'kek', generation: LessThan(generation), destroyedAt: IsNull() },
        order: { generation: 'ASC' },
      }),
    );
    for (const kek of older) await this.destroy(rotation, kek);
  }

  private async destroy(rotation: OpenRotation, { generation, objectId }: PlatformKeyRecord): Promise<void> {
    const { tenantId } = rotation;
    const event = rotationEvent(rotation, generation, { operation: 'kek.destroy', algorithm: 'AES-256' });
    const owner = ownerOfPlatformKey({ kind: 'kek', tenantId, generation });
    const intent = await this.intents.beginDestroying({ owner, objectId }, event, (manager) =>
      isKekUnneeded(manager, tenantId, generation),
    );
    if (intent !== undefined) await this.end(intent, event);
  }

  private async end(intent: Intent, event: AuditEvent): Promise<void> {
    try {
      await this.destroyer.destroy(intent, (manager) => recordKekDestroyed(manager, intent, event));
    } catch (error) {
      await this.intents.abandon(intent);
      throw error;
    } finally {
      this.intents.letGo(intent);
    }
  }
}
