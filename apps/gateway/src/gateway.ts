import { InProcessServer, nestLogger, openingPort, type Parts } from '@ankasecure/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from './gateway.config.js';
import { assertFits } from './http/http.config.js';
import { OwnErrorsAdapter } from './http/own-errors.adapter.js';
import { createHttpServer } from './http/server.js';

export type GatewayParts = Parts<GatewayConfig>;

/**
 * Builds the gateway and opens its port. Nest wires, starts and stops the parts. The API's routes run on Fastify directly,
 * without Nest's layers per request: see `route/routes.md`.
 */
export const createGateway = async (
  root: DynamicModule,
  { config, bus, log, files }: GatewayParts,
): Promise<NestFastifyApplication> => {
  assertFits(config.http, bus.maxPayload);
  const server = await createHttpServer(config.http, log, files);
  const app = await NestFactory.create<NestFastifyApplication>(root, new OwnErrorsAdapter(server), {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  app.connectMicroservice({ strategy: app.get(InProcessServer) });
  await app.startAllMicroservices();
  const { host, port } = config.http;
  await openingPort('http.port', port, () => app.listen({ host, port }));
  return app;
};
