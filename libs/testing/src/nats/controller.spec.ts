import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AnkaError,
  type Context,
  encrypt,
  getKey,
  getTenant,
  monotonicNow,
  platformTenantId,
  subjectOf,
} from '@ankasecure/contracts';
import {
  type Answer,
  AnswersDryRuns,
  BusServer,
  createLogger,
  createService,
  DenialRecorder,
  MessagePattern,
  PauseGroup,
  type RawAnswer,
  RawMessagePattern,
  RecordsDenial,
} from '@ankasecure/service-kit';
import { Controller, type INestApplicationContext, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { connectTestBus } from '../service/test-parts.js';
import { startTestNats } from './nats.js';

const id = '0b7e7dee-87ff-4bda-b12f-5e0e1a2b3c4d';
const denials: unknown[] = [];
/** A request that takes as long as its test wants. */
const sloth = { begun: Promise.withResolvers<void>(), mayEnd: Promise.withResolvers<void>() };

class Denials extends DenialRecorder {
  override async record(context: Context, action: unknown): Promise<void> {
    denials.push([context.principal, action]);
  }
}

type Key = z.infer<typeof getKey.reply>;

@Controller()
class Keys {
  @MessagePattern(getKey)
  @RecordsDenial<{ id: string }>('key.get', ({ id: keyId }) => ({ keyId }))
  async get(context: Context, request: { id: string }): Promise<Answer<Key>> {
    if (context.principal === 'mallory') throw new AnkaError('key-access-denied');
    if (context.principal === 'sloth') {
      sloth.begun.resolve();
      await sloth.mayEnd.promise;
    }
    context.hsm?.add(7);
    return { body: { id: request.id } as Key, revision: 3 };
  }

  @AnswersDryRuns()
  @PauseGroup('token')
  @RawMessagePattern(encrypt.contract)
  async encrypt(context: Context, body: Buffer): Promise<RawAnswer> {
    if (context.principal === 'mallory') throw new Error('a secret');
    return { head: { ok: true }, body };
  }
}

@Module({ controllers: [Keys], providers: [{ provide: DenialRecorder, useClass: Denials }] })
class KeyModule {}

describe('a controller on the bus', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let worker: Awaited<ReturnType<typeof connectTestBus>>;
  let gateway: Awaited<ReturnType<typeof connectTestBus>>;
  let app: INestApplicationContext;
  beforeAll(async () => {
    nats = await startTestNats();
    [worker, gateway] = await Promise.all([connectTestBus('crypto-worker', nats), connectTestBus('gateway', nats)]);
    const server = { provide: BusServer, useValue: new BusServer(worker.connection, 'default') };
    app = await createService(
      { module: KeyModule, global: true, providers: [server], exports: [BusServer] },
      createLogger('spec', 'silent'),
    );
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([worker.close(), gateway.close()]);
    await nats.stop();
  });

  const contextOf = (over: Partial<Context> = {}): Context => ({
    tenantId: platformTenantId,
    principal: 'alice',
    correlationId: randomUUID(),
    deadline: monotonicNow() + 5000,
    ...over,
  });
  const ask = (body: unknown, over: Partial<Context> = {}) =>
    gateway.requestRaw(subjectOf(getKey, 'default'), contextOf(over), Buffer.from(JSON.stringify(body)));
  const askRaw = (over: Partial<Context> = {}) =>
    gateway.requestRaw(subjectOf(encrypt.contract, 'default'), contextOf(over), Buffer.from('bytes'));

  it('answers with body, revision and HSM time', async () => {
    const { head, body } = await ask({ id });
    expect(head).toMatchObject({ ok: true, revision: 3, hsmMicros: 7, workerMicros: expect.any(Number) as number });
    expect(JSON.parse(body.toString())).toEqual({ id });
  });

  it('validates the request before the method runs', async () => {
    expect((await ask({ id: 'x' })).head).toMatchObject({ ok: false, error: { code: 'request-invalid' } });
  });

  it('refuses a dry run of a method that does not answer dry runs', async () => {
    expect((await ask({ id }, { dryRun: true })).head).toMatchObject({ ok: false, error: { code: 'request-invalid' } });
  });

  it('records a denial before it is answered', async () => {
    const { head } = await ask({ id }, { principal: 'mallory' });
    expect(head).toMatchObject({ ok: false, error: { code: 'key-access-denied' } });
    const action = { operation: 'key.get', keyId: id, failureCode: 'key-access-denied' };
    expect(denials).toEqual([['mallory', action]]);
  });

  it('passes bytes through and hides the message of an unexpected error', async () => {
    expect((await askRaw()).body.toString()).toBe('bytes');
    const { head } = await askRaw({ principal: 'mallory' });
    expect(head).toMatchObject({ ok: false, error: { code: 'internal-error', detail: 'Internal error' } });
  });

  it('is out of service while its group is paused', async () => {
    const server = app.get(BusServer);
    server.pause('token');
    await worker.flushed();
    await expect(askRaw()).rejects.toMatchObject({ code: 'service-unavailable' });
    expect((await ask({ id })).head.ok).toBe(true);
    server.resume('token');
    await worker.flushed();
    expect((await askRaw()).head.ok).toBe(true);
  });

  it('can be called with ClientProxy.send, which fails at once when nobody serves the contract', async () => {
    const sent = gateway.send(getTenant, { partition: '', context: contextOf(), body: {} });
    await expect(
      new Promise((resolve, reject) => sent.subscribe({ next: resolve, error: reject })),
    ).rejects.toMatchObject({
      code: 'service-unavailable',
    });
  });

  it('finishes a request that takes long before it stops', async () => {
    const asked = ask({ id }, { principal: 'sloth', deadline: monotonicNow() + 60_000 });
    await sloth.begun.promise;
    const closed = app.get(BusServer).close();
    expect(await Promise.race([closed.then(() => 'closed'), delay(2500, 'waiting')])).toBe('waiting');
    sloth.mayEnd.resolve();
    expect((await asked).head.ok).toBe(true);
    await closed;
  });
});
