import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { TenantIssuers } from '../issuer/tenant-issuers.js';
import { TenantQuota } from '../quota/tenant-quota.js';
import { answerOf, sendAnswer, sendRead } from '../route/answer.js';
import { conditionOf } from '../route/precondition.js';
import { isDryRun, requestBody } from '../route/request-body.js';
import type { Route } from '../route/route.js';
import type { ExtraContext, Handler } from '../route/service-request.js';
import { AnswerOrWait } from './answer-or-wait.js';
import { RecordedRequest } from './recorded-request.js';

/** Forwards a request's bytes to the service that owns the operation, and returns the reply's bytes. */
@Injectable()
export class Forward {
  constructor(
    private readonly services: RecordedRequest,
    private readonly waits: AnswerOrWait,
    private readonly quota: TenantQuota,
    private readonly issuers: TenantIssuers,
  ) {}

  handlerFor(route: Route): Handler {
    return async (request, reply) => {
      const dryRun = isDryRun(request, route);
      const condition = conditionOf(route, request.headers);
      const body = requestBody(request, route);
      if (route.batch === true) this.quota.chargeItems(request.principal.tenantId, body, reply);
      const extra = { ...condition, ...(dryRun && { dryRun }), ...(await this.sharedIssuerOf(route, request)) };
      const answered = await this.services.send({ route, request, reply }, body, extra);
      if (route.method === 'GET') return sendRead(reply, request, answerOf(route, answered, request));
      // A dry run creates nothing, even on a route that creates a resource.
      if (dryRun) return sendAnswer(reply, answerOf({ ...route, status: 200 }, answered, request));
      return sendAnswer(reply, await this.waits.answer(route, request, { body, ...condition }, answered));
    };
  }

  private async sharedIssuerOf(
    { tellsSharedIssuer }: Route,
    { principal: { tenantId } }: FastifyRequest,
  ): Promise<Pick<ExtraContext, 'sharedIssuer'>> {
    const sharedIssuer = tellsSharedIssuer && (await this.issuers.shared(tenantId));
    return sharedIssuer === undefined ? {} : { sharedIssuer };
  }
}
