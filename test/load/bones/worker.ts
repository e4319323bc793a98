import { randomUUID } from 'node:crypto';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { queueOf, sign, subjectOf } from '@ankasecure/contracts';
import type { Msg } from '@nats-io/transport-node';
import pg from 'pg';
import { openBus } from './bus.js';
import { answerTo, bonesPartition, type Request, readSetting, request } from './message.js';

/**
 * The bones of the worker: a member of the queue group, one schema, one outcome a request in a group commit that PostgreSQL
 * writes to disk, then the reply. Nothing is decided, fenced, signed or sealed.
 */
const setting = readSetting();
const database = new pg.Client(setting.database);
await database.connect();

interface Outcome {
  readonly message: Msg;
  readonly asked: Request;
  readonly event: string;
}

const insert = {
  name: 'insert',
  text: 'INSERT INTO outcome (id, event) SELECT * FROM unnest($1::uuid[], $2::text[])',
};
/** Pads an event to the size of one of the product's. */
const padding = 'x'.repeat(700);

let gathered: Outcome[] = [];
let committing = false;

/** One commit is under way at a time. The outcomes that arrive meanwhile share the next one. */
const commit = async (): Promise<void> => {
  committing = true;
  while (gathered.length > 0) {
    await endOfTurn();
    const outcomes = gathered;
    gathered = [];
    const values = [outcomes.map(() => randomUUID()), outcomes.map(({ event }) => event)];
    await database.query({ ...insert, values });
    for (const { message, asked } of outcomes) message.respond(JSON.stringify(answerTo(asked)));
  }
  committing = false;
};

const serve = (message: Msg): void => {
  const asked = request.parse(message.json());
  gathered.push({ message, asked, event: JSON.stringify({ keyId: asked.keyId, at: Date.now(), padding }) });
  if (!committing) void commit();
};

const bus = await openBus('crypto-worker', setting);
bus.subscribe(subjectOf(sign.contract, bonesPartition), {
  queue: queueOf(sign.contract, bonesPartition),
  callback: (error, message) => {
    if (error !== null) throw error;
    serve(message);
  },
});
await bus.flush();
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
