import { createSecretKey, type KeyObject } from 'node:crypto';
import { AnkaError, maxOutboxKeys, platformTenantId, type Reporter, readOutboxKeys } from '@ankasecure/contracts';
import { BoundedMap, BusClient, elsewhere, ownContext } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TenantPartitions } from './tenant-partition.js';

/** Keys kept in memory, of as many processes. */
const capacity = 10_000;
/** The time that the workers may take for the keys of one batch, in milliseconds. */
const budgetMs = 5_000;

/** A service whose processes prove their events, and the partition of a worker; null for a service of every partition. */
export interface ProvingService {
  readonly service: Reporter;
  readonly partition: string | null;
}

/** Knows the keys under which reporting processes prove their events. Workers derive a key once, and it stays in memory here. */
@Injectable()
export class ReporterKeys {
  private readonly keys = new BoundedMap<string, KeyObject>(capacity);

  constructor(
    private readonly bus: BusClient,
    private readonly partitions: TenantPartitions,
  ) {}

  /** @throws AnkaError (retryable) if no worker gives the keys */
  async of(source: ProvingService, processes: ReadonlySet<string>): Promise<ReadonlyMap<string, KeyObject>> {
    const nameOf = (process: string): string => `${source.service}/${source.partition ?? ''}/${process}`;
    const found = new Map<string, KeyObject>();
    const unknown: string[] = [];
    for (const process of processes) {
      const key = this.keys.use(nameOf(process));
      if (key === undefined) unknown.push(process);
      else found.set(process, key);
    }
    for (let from = 0; from < unknown.length; from += maxOutboxKeys)
      for (const [process, key] of await this.ask(source, unknown.slice(from, from + maxOutboxKeys))) {
        found.set(process, key);
        this.keys.set(nameOf(process), key);
      }
    return found;
  }

  private async ask(
    { service, partition }: ProvingService,
    processes: readonly string[],
  ): Promise<readonly (readonly [string, KeyObject])[]> {
    const asked = { reporter: service, processes: [...processes] };
    const home = partition ?? (await this.platformPartition());
    const { keys } = await this.bus.request(readOutboxKeys, home, ownContext('audit', budgetMs), asked);
    if (keys.length !== processes.length) throw new AnkaError('internal-error');
    return processes.map((process, index) => [process, createSecretKey(keys[index] as string, 'base64url')]);
  }

  /** The workers of this partition derive the keys of services that have no token. The platform's first start makes it known. */
  private async platformPartition(): Promise<string> {
    const known = this.partitions.lastKnown(platformTenantId);
    if (known !== undefined) return known;
    return this.partitions.find(ownContext('audit', budgetMs)).catch((cause: unknown) => {
      const said = 'It is not known now which partition proves events of the platform';
      throw elsewhere(new AnkaError('service-unavailable', said, { cause }));
    });
  }
}
