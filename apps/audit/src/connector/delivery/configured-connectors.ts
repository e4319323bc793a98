import { createHash } from 'node:crypto';
import { type ConnectorSettings, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { BoundedMap, ownContext, QuietPeriod } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { RecordIndexes } from '../../record/record-indexes.js';
import { ConnectorConfig } from '../connector.config.js';
import type { Connector, ReadSecret } from '../connector.js';
import { ConnectorKinds } from '../kind/connector-kinds.js';
import { readConnectorSecret } from '../secret/connector-secrets.js';
import { type ConnectorRecord, connectorDigest } from '../store/connector.entity.js';
import type { Lane } from '../store/cursor.sql.js';
import { readNamed } from '../store/named-record.js';
import { admitting } from './admitted-address.js';
import { ConnectorSurroundings } from './connector-surroundings.js';
import { DeliveryDatabase } from './delivery-database.js';

/** The time for which a connector counts as it was read, in milliseconds. */
const freshMs = 5_000;
const budgetMs = 5_000;
/** The time after which a reading that has not ended is begun anew, in milliseconds. */
const patienceMs = 60_000;
const capacity = 100_000;

/** A connector that is in use: built from settings that the trail names, and from the secrets as they are. */
interface Opened {
  readonly digest: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly connector: Connector;
}

/** `unused`: it does not exist, or does not deliver. `fault`: why it cannot be used, for its owner. */
export type Found = { readonly connector: Connector } | { readonly fault: string } | 'unused';

interface Entry {
  readonly id: string;
  readonly found: Promise<Found>;
  until: number;
  /** It delivers nothing while the entry counts. */
  isIdle: boolean;
}

const nameOf = (owner: string, id: string): string => `${owner} ${id}`;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/**
 * Opens connectors. What decides where events go is sealed: a row counts only if the sealed trail names its revision and its digest.
 * Neither an older row nor one that somebody else has written is used.
 */
@Injectable()
export class ConfiguredConnectors {
  /** By their names. */
  private readonly opened = new Map<string, Opened>();
  private readonly entries = new BoundedMap<string, Entry>(capacity);
  private readonly quiet = new QuietPeriod(1_000);

  constructor(
    private readonly database: DeliveryDatabase,
    private readonly indexes: RecordIndexes,
    private readonly kinds: ConnectorKinds,
    private readonly config: ConnectorConfig,
    private readonly about: ConnectorSurroundings,
  ) {}

  /** Lanes of one connector that ask at once get the same one. @throws AnkaError (retryable) if its tenant's trail cannot be read now */
  find(owner: string, id: string): Promise<Found> {
    const name = nameOf(owner, id);
    const known = this.entries.get(name);
    if (known !== undefined && monotonicNow() < known.until) return known.found;
    const entry: Entry = { id, found: this.look(owner, id), until: monotonicNow() + patienceMs, isIdle: false };
    this.entries.set(name, entry);
    const read = (isIdle: boolean): void => {
      entry.until = monotonicNow() + freshMs;
      entry.isIdle = isIdle;
    };
    entry.found.then(
      (found) => {
        read(found === 'unused');
        if (typeof found === 'string' || 'fault' in found) this.closeOne(name);
      },
      () => read(true),
    );
    return entry.found;
  }

  /** Raises the alarm about a lane whose connector is another tenant's. */
  refuse({ tenantId, connectorId }: Lane): void {
    this.alarm(
      tenantId,
      connectorId,
      'the database lists events for another tenant’s connector, and none is delivered',
    );
  }

  /** The ids of connectors that deliver nothing for now: they are off, or their settings cannot be read. */
  idle(): readonly string[] {
    const now = monotonicNow();
    return [...this.entries.values()].filter(({ until, isIdle }) => isIdle && now < until).map(({ id }) => id);
  }

  /** Has a connector opened anew: a delivery through it does not end. */
  discard(owner: string, id: string): void {
    const name = nameOf(owner, id);
    this.closeOne(name);
    this.entries.delete(name);
  }

  /**
   * Opens a connector beside the one that delivers. Whoever asks closes it.
   * @param requestMs the time of a request, in milliseconds
   * @throws Error for its owner, such as for a secret that is missing
   */
  openAside({ tenantId, settings }: ConnectorRecord, requestMs: number): Promise<Connector> {
    return this.build(tenantId, settings, (name) => this.read(tenantId, name), requestMs);
  }

  close(): void {
    for (const name of this.opened.keys()) this.closeOne(name);
  }

  private closeOne(name: string): void {
    this.opened.get(name)?.connector.close();
    this.opened.delete(name);
  }

  private async look(owner: string, id: string): Promise<Found> {
    const named = await readNamed(this.database.dataSource, owner, async () =>
      (await this.indexes.heads(ownContext('audit', budgetMs, owner))).get({ kind: 'connector', id }),
    );
    if (named === undefined) return 'unused';
    const { record } = named;
    if (record === undefined) {
      this.alarm(owner, id, 'a connector is not the one that the trail names, and delivers nothing');
      return {
        fault: 'The connector in ankadb_audit is not the one that the sealed trail names. Send its settings again.',
      };
    }
    return record.enabled ? this.open(record) : 'unused';
  }

  private async open(record: ConnectorRecord): Promise<Found> {
    const { tenantId, id, settings } = record;
    const [name, digest] = [nameOf(tenantId, id), connectorDigest(record)];
    const before = this.opened.get(name);
    try {
      if (before?.digest === digest && (await this.hasSame(tenantId, before.secrets))) return before;
      const secrets = new Map<string, string>();
      const secret = async (asked: string): Promise<Buffer> => {
        const bytes = await this.read(tenantId, asked);
        secrets.set(asked, hashOf(bytes));
        return bytes;
      };
      const connector = await this.build(tenantId, settings, secret);
      this.closeOne(name);
      this.opened.set(name, { digest, secrets, connector });
      return { connector };
    } catch (error) {
      return { fault: (error as Error).message };
    }
  }

  private build(
    tenantId: string,
    settings: ConnectorSettings,
    secret: ReadSecret,
    requestMs?: number,
  ): Promise<Connector> {
    const admit = tenantId === platformTenantId ? () => undefined : admitting(this.config.allowedNetworks);
    const parts = { settings, secret, admit, now: () => this.about.clock.now() };
    return this.kinds.open({ ...parts, ...(requestMs !== undefined && { requestMs }) });
  }

  private async hasSame(tenantId: string, secrets: ReadonlyMap<string, string>): Promise<boolean> {
    for (const [name, hash] of secrets) if (hashOf(await this.read(tenantId, name)) !== hash) return false;
    return true;
  }

  private read(tenantId: string, name: string): Promise<Buffer> {
    return readConnectorSecret(this.config.secretsDirectory, tenantId, name);
  }

  private alarm(tenantId: string, connector: string, message: string): void {
    this.about.metrics.refused.inc({ connector });
    if (!this.quiet.isDue(connector)) return;
    this.about.log.error({ alarm: 'connector-record', tenantId, connector }, message);
  }
}
