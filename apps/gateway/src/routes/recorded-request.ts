import type { RawReply } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { Answer } from '../route/answer.js';
import { type Exchange, type ExtraContext, ServiceRequest } from '../route/service-request.js';
import { Refusals } from './refusals.js';

/** Sends routes' requests to the services that answer them. A service's refusal is on record when it is returned. */
@Injectable()
export class RecordedRequest {
  constructor(
    private readonly services: ServiceRequest,
    private readonly refusals: Refusals,
  ) {}

  /** @returns the service's reply, which can also be a failure. @throws AnkaError `audit-unavailable` */
  async send(exchange: Exchange, body: Buffer, extra: ExtraContext): Promise<RawReply> {
    const answered = await this.services.send(exchange, body, extra);
    if (!answered.head.ok) await this.refusals.ofReply(exchange, answered);
    return answered;
  }

  /** Records that a stored refusal is answered again. @throws AnkaError `audit-unavailable` */
  async repeat(exchange: Exchange, answer: Answer): Promise<Answer> {
    await this.refusals.ofAnswer(exchange, answer);
    return answer;
  }
}
