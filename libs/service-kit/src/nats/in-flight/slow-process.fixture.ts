import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceConfig } from '../../config/section.js';
import { createLogger } from '../../logging/logger.js';
import type { RawHandler } from '../answer.js';
import { BusConnection } from '../connection.js';
import { Responder } from '../responder.js';

/** Where a slow process serves. */
export interface SlowService {
  readonly nats: ServiceConfig['nats'];
  readonly subject: string;
}

const work: RawHandler = async (_, body) => {
  process.send?.(body.toString());
  await delay((JSON.parse(body.toString()) as { takesMs: number }).takesMs);
  return { head: { ok: true }, body: Buffer.from(String(process.pid)) };
};

/** A worker whose requests take as long as their bodies say. It tells its parent when it serves, and every request that it begins. */
const serve = async ({ nats, subject }: SlowService): Promise<void> => {
  const connection = await BusConnection.open('crypto-worker', nats, createLogger('crypto-worker', 'fatal'));
  const responder = new Responder(connection);
  connection.serve(subject, subject, (message) => void responder.answer(message, work));
  await connection.flushed();
  process.send?.('serves');
};

process.once('message', (service: SlowService) => void serve(service));
