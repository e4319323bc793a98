import { setImmediate as endOfTurn } from 'node:timers/promises';
import { type Context, type KeySet, maxSetKeys } from '@ankasecure/contracts';
import { Clock, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';
import { selectVersions } from './record/select-version.js';

/** Keys that are parsed in one turn of the event loop. Anybody can ask for a set, and operations must not wait for a whole one. */
const perTurn = 20;

/** Reads the public keys that verify a tenant's signatures: of versions that sign now, and of earlier versions whose signatures still count. */
@Injectable()
export class ReadKeySet {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async of({ tenantId }: Pick<Context, 'tenantId'>): Promise<KeySet> {
    const versions = await withTenant(this.dataSource, tenantId, (manager) =>
      selectVersions(manager)
        .where(`version.tenantId = :tenantId AND key.purpose = 'sign'`, { tenantId })
        .andWhere(
          `state_at(version.state, version.activateAt, version.deactivateAt, :now) IN ('ACTIVE', 'DEACTIVATED')`,
          {
            now: new Date(this.clock.now()),
          },
        )
        .orderBy({ 'version.createdAt': 'DESC', 'version.keyId': 'ASC', 'version.version': 'DESC' })
        .limit(maxSetKeys)
        .getMany(),
    );
    const keys: KeySet['keys'] = [];
    for (const [index, stored] of versions.entries()) {
      if (index > 0 && index % perTurn === 0) await endOfTurn();
      const published = publicKeyOf(versionOf(stored));
      if (published !== null) keys.push(published.jwk);
    }
    return { keys };
  }
}
