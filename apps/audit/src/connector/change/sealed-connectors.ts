import {
  AnkaError,
  type ConnectorResource,
  type Context,
  platformTenantId,
  type RecordHead,
} from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { RecordIndexes } from '../../record/record-indexes.js';
import { DeliveryDatabase } from '../delivery/delivery-database.js';
import type { ConnectorRecord } from '../store/connector.entity.js';
import { connectorStatus } from '../store/connector-status.sql.js';
import { type NamedConnector, readNamed } from '../store/named-record.js';

const kinds = new Set(['connector'] as const);

const forged = (): AnkaError =>
  new AnkaError(
    'record-forged',
    'The connector in ankadb_audit is not the one that the sealed trail names. Delete it and create it again.',
  );

/** Reads connectors as the sealed trail names them. */
@Injectable()
export class SealedConnectors {
  constructor(
    private readonly database: DeliveryDatabase,
    private readonly indexes: RecordIndexes,
  ) {}

  /** The connectors of the context's tenant, newest first, and the highest revision of any. @throws as `RecordIndexes.heads` */
  async heads(context: Context): Promise<{ readonly all: readonly RecordHead[]; readonly highest: number }> {
    const known = await this.indexes.heads(context);
    const all = known.list(kinds, null, Number.MAX_SAFE_INTEGER).filter(({ digest }) => digest !== null);
    return { all: all.toReversed(), highest: known.highestRevisionOf(kinds) };
  }

  /** @throws AnkaError `connector-not-found` */
  async named(context: Context, id: string): Promise<NamedConnector> {
    const named = await this.read(context, id);
    if (named === undefined) throw new AnkaError('connector-not-found');
    return named;
  }

  /** @throws AnkaError `connector-not-found`; `record-forged` */
  async found(context: Context, id: string): Promise<ConnectorRecord> {
    const { record } = await this.named(context, id);
    if (record === undefined) throw forged();
    return record;
  }

  /** @returns undefined if it was deleted meanwhile @throws AnkaError `record-forged` */
  async resource(context: Context, { id }: RecordHead): Promise<ConnectorResource | undefined> {
    const named = await this.read(context, id);
    if (named === undefined) return undefined;
    if (named.record === undefined) throw forged();
    return this.shown(named.record);
  }

  async shown({ createdAt, ...record }: ConnectorRecord): Promise<ConnectorResource> {
    const { tenantId, id, revision, name, enabled, settings, createdBy } = record;
    const { waiting, dead, seq, paused, lastError, retryAt, deliveredAt } = await connectorStatus(
      this.database.dataSource,
      tenantId,
      id,
    );
    return {
      id,
      tenantId,
      name,
      enabled,
      settings,
      createdBy,
      changedAt: createdAt.toISOString(),
      revision,
      status: {
        seq: tenantId === platformTenantId ? null : seq,
        lag: waiting,
        deadLetters: dead,
        paused,
        lastError,
        retryAt: retryAt?.toISOString() ?? null,
        deliveredAt: deliveredAt?.toISOString() ?? null,
      },
    };
  }

  private read(context: Context, id: string): Promise<NamedConnector | undefined> {
    return readNamed(this.database.dataSource, context.tenantId, async () =>
      (await this.indexes.heads(context)).get({ kind: 'connector', id }),
    );
  }
}
