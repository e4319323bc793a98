import { Health } from '@ankasecure/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Readiness asks the database. The public port caches the answer for this time, in milliseconds. */
const memoryMs = 500;

const answer = (reply: FastifyReply, ok: boolean, otherwise: string): FastifyReply =>
  reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : otherwise });

const remembered = (ask: () => Promise<boolean>): (() => Promise<boolean>) => {
  let last: Promise<boolean> | undefined;
  let until = 0;
  return () => {
    if (last === undefined || performance.now() > until) {
      last = ask();
      until = performance.now() + memoryMs;
    }
    return last;
  };
};

/** Serves the probes on the public port too, with the status only and without the parts. */
@Injectable()
export class ProbeEndpoints implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    const { health } = this;
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    const ready = remembered(async () => (await health.readiness()).ready);
    server.get('/livez', (_, reply) => answer(reply, true, ''));
    server.get('/startupz', (_, reply) => answer(reply, health.isStarted(), 'starting'));
    server.get('/readyz', async (_, reply) => answer(reply, await ready(), 'not ready'));
  }
}
