import {
  adoptGatewayRecords,
  adoptPolicyRecords,
  type Context,
  checkGatewayRecords,
  checkPolicyRecords,
  type Service,
  sealGatewayRecords,
  sealOlderGatewayRecords,
  sealOlderPolicyRecords,
  sealPolicyRecords,
} from '@ankasecure/contracts';
import { type Answer, type DigestedRecord, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { Adoption } from './adoption.js';
import { OlderRecords } from './older-records.js';
import { RecordMacs } from './record-macs.js';

type SealRequest = z.infer<typeof sealGatewayRecords.request>;
type SealReply = z.infer<typeof sealGatewayRecords.reply>;
type SealOlderReply = z.infer<typeof sealOlderGatewayRecords.reply>;
type CheckRequest = z.infer<typeof checkGatewayRecords.request>;
type CheckReply = z.infer<typeof checkGatewayRecords.reply>;
type AdoptRequest = z.infer<typeof adoptGatewayRecords.request>;
type AdoptReply = z.infer<typeof adoptGatewayRecords.reply>;

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');
const textOf = (bytes: Buffer): string => bytes.toString('base64url');

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
    private readonly older: OlderRecords,
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
  @MessagePattern(sealOlderGatewayRecords)
  sealOlderGateway(context: Context, request: SealRequest): Promise<Answer<SealOlderReply>> {
    return this.sealOlder('gateway', context, request);
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
  @MessagePattern(sealOlderPolicyRecords)
  sealOlderPolicy(context: Context, request: SealRequest): Promise<Answer<SealOlderReply>> {
    return this.sealOlder('policy', context, request);
  }

  @NeedsToken()
  @MessagePattern(adoptPolicyRecords)
  adoptPolicy(_: Context, request: AdoptRequest): Promise<Answer<AdoptReply>> {
    return this.adopt('policy', request);
  }

  private async seal(service: Service, { records }: SealRequest): Promise<Answer<SealReply>> {
    const seals = await this.macs.seal(service, records.map(digested));
    return { body: { seals: seals.map(textOf) } };
  }

  private async sealOlder(service: Service, context: Context, asked: SealRequest): Promise<Answer<SealOlderReply>> {
    const seals = await this.older.seal(service, context, asked.records.map(digested));
    return { body: { seals: seals?.map(textOf) ?? null } };
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
