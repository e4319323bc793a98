import { nestLogger } from '@ankasecure/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { addDescription } from './api-description/add-description.js';
import { Approvals } from './approval/approvals.js';
import { Decisions } from './approval/decisions.js';
import { serveApprovals } from './approval/serve-approvals.js';
import { type GatewayParts, ISSUE_TOKEN } from './gateway.module.js';
import { BodyBudget } from './http/body-budget.js';
import { assertFits } from './http/http.config.js';
import { OwnErrorsAdapter } from './http/own-errors.adapter.js';
import { addProbes } from './http/probe.js';
import { RequestMeter } from './http/request-meter.js';
import { createHttpServer } from './http/server.js';
import { Idempotency } from './idempotency/idempotency.js';
import { serveIdentity } from './identity/serve-identity.js';
import { addKeySets } from './key-set/add-key-sets.js';
import { KeySets } from './key-set/key-sets.js';
import { addRoutes } from './route/add-routes.js';
import { Admission } from './route/admission.js';
import { OwnService } from './route/own-service.js';
import type { IssueToken } from './service-account/issue-token.js';
import { addTokenEndpoint } from './service-account/token-endpoint.js';

/**
 * Builds the gateway and opens its port. Nest wires and stops the parts; the API's routes stand on Fastify directly,
 * out of the way of Nest's per-request layers.
 */
export const createGateway = async (root: DynamicModule, parts: GatewayParts): Promise<NestFastifyApplication> => {
  const { config, bus, log, health } = parts;
  assertFits(config.http, bus.maxPayload);
  const server = await createHttpServer(config.http, log);
  const app = await NestFactory.create<NestFastifyApplication>(root, new OwnErrorsAdapter(server), {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  addProbes(server, health);
  addDescription(server);
  const own = new OwnService(log);
  serveIdentity(own, app);
  serveApprovals(own, app.get(Approvals));
  const issuer = app.get<IssueToken | undefined>(ISSUE_TOKEN);
  const asksForCertificates = config.http.tls?.clientCertificates === true;
  if (issuer !== undefined) addTokenEndpoint(server, { issuer, meter: app.get(RequestMeter), asksForCertificates });
  addKeySets(server, new KeySets(bus), app.get(RequestMeter));
  addRoutes(server, {
    own,
    bus,
    log,
    admission: app.get(Admission),
    approvals: app.get(Approvals),
    decisions: app.get(Decisions),
    bodies: app.get(BodyBudget),
    idempotency: app.get(Idempotency),
    meter: app.get(RequestMeter),
  });
  await app.listen({ host: config.http.host, port: config.http.port });
  return app;
};
