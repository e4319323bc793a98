import { AnkaError, type Context, listRecordHeads, type Service } from '@ankasecure/contracts';
import { BusClient, type DigestedRecord, ownContext } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Adoption } from './adoption.js';
import { RecordMacs } from './record-macs.js';

/** The longest wait for the audit service, in milliseconds. */
const patienceMs = 5_000;

/**
 * Seals what a release without seals wrote of a tenant for a service without a token. It asks for no word of a database: the
 * token tells whether an upgrade is under way, and the trail whether the service's records of the tenant are sealed already.
 */
@Injectable()
export class OlderRecords {
  constructor(
    private readonly adoption: Adoption,
    private readonly macs: RecordMacs,
    private readonly bus: BusClient,
  ) {}

  /**
   * @returns null if nothing may be sealed
   * @throws AnkaError `request-invalid` for records of another tenant; the errors of the audit service; as `RecordMacs.seal`
   */
  async seal(service: Service, { tenantId }: Context, records: readonly DigestedRecord[]): Promise<Buffer[] | null> {
    if (records.some((record) => record.tenantId !== null && record.tenantId !== tenantId))
      throw new AnkaError('request-invalid', 'The records are not those of one tenant.');
    if (!(await this.adoption.isOpen(service)) || (await this.isOnTrail(service, tenantId))) return null;
    return this.macs.seal(service, records);
  }

  private async isOnTrail(owner: Service, tenantId: string): Promise<boolean> {
    const context = ownContext('crypto-worker', patienceMs, tenantId);
    const { heads } = await this.bus.request(listRecordHeads, '', context, { owner, after: null });
    return heads.length > 0;
  }
}
