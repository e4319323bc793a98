import {
  adoptGatewayRecords,
  adoptPolicyRecords,
  type Context,
  checkGatewayRecords,
  checkPolicyRecords,
  type Service,
  sealGatewayRecords,
  sealPolicyRecords,
} from '@ankasecure/contracts';
import { type Answer, type DigestedRecord, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { Adoption } from './adoption.js';
import { RecordMacs } from './record-macs.js';

type SealRequest = z.infer<typeof sealGatewayRecords.request>;
type SealReply = z.infer<typeof sealGatewayRecords.reply>;
type CheckRequest = z.infer<typeof checkGatewayRecords.request>;
type CheckReply = z.infer<typeof checkGatewayRecords.reply>;
type AdoptRequest = z.infer<typeof adoptGatewayRecords.request>;
type AdoptReply = z.infer<typeof adoptGatewayRecords.reply>;

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

const digested = ({ table, tenantId, digest }: SealRequest['records'][number]): DigestedRecord => ({
  table,
  tenantId,
  digest: bytesOf(digest),
});

/** Seals and checks the records of services that have no token. The subject decides whose records they are. */
@Controller()
export class RecordController {
  constructor(
    private readonly macs: RecordMacs,
    private readonly adoption: Adoption,
  ) {}

  @NeedsToken()
  @MessagePattern(sealGatewayRecords)
  sealGateway(_: Context, request: SealRequest): Promise<Answer<SealReply>> {
    return this.seal('gateway', request);
  }

  @NeedsToken()
  @MessagePattern(checkGatewayRecords)
  checkGateway(_: Context, request: CheckRequest): Promise<Answer<CheckReply>> {
    return this.check('gateway', request);
  }

  @NeedsToken()
  @MessagePattern(adoptGatewayRecords)
  adoptGateway(_: Context, request: AdoptRequest): Promise<Answer<AdoptReply>> {
    return this.adopt('gateway', request);
  }

  @NeedsToken()
  @MessagePattern(sealPolicyRecords)
  sealPolicy(_: Context, request: SealRequest): Promise<Answer<SealReply>> {
    return this.seal('policy', request);
  }

  @NeedsToken()
  @MessagePattern(checkPolicyRecords)
  checkPolicy(_: Context, request: CheckRequest): Promise<Answer<CheckReply>> {
    return this.check('policy', request);
  }

  @NeedsToken()
  @MessagePattern(adoptPolicyRecords)
  adoptPolicy(_: Context, request: AdoptRequest): Promise<Answer<AdoptReply>> {
    return this.adopt('policy', request);
  }

  private async seal(service: Service, { records }: SealRequest): Promise<Answer<SealReply>> {
    const seals = await this.macs.seal(service, records.map(digested));
    return { body: { seals: seals.map((seal) => seal.toString('base64url')) } };
  }

  private async check(service: Service, { records }: CheckRequest): Promise<Answer<CheckReply>> {
    const sealed = records.map((record) => ({ ...digested(record), seal: bytesOf(record.seal) }));
    return { body: { genuine: await this.macs.check(service, sealed) } };
  }

  private async adopt(service: Service, { done }: AdoptRequest): Promise<Answer<AdoptReply>> {
    if (done) await this.adoption.end(service);
    return { body: { open: !done && (await this.adoption.isOpen(service)) } };
  }
}
