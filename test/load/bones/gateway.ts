import { inboxPrefix, sign, subjectOf } from '@ankasecure/contracts';
import fastify from 'fastify';
import { openBus } from './bus.js';
import { bonesPartition, readSetting, request } from './message.js';

/**
 * The bones of the gateway: HTTP, one schema, one multiplexed request over the bus, the reply's bytes as the answer. No token is
 * verified, nothing is counted, and a request has no deadline.
 */
const setting = readSetting();
const bus = await openBus('gateway', setting);
const inbox = `${inboxPrefix('gateway')}.bones.`;
const waiting = new Map<string, (body: Uint8Array) => void>();
let next = 0;

bus.subscribe(`${inbox}*`, {
  callback: (error, { subject, data }) => {
    if (error !== null) throw error;
    const token = subject.slice(inbox.length);
    waiting.get(token)?.(data);
    waiting.delete(token);
  },
});

const subject = subjectOf(sign.contract, bonesPartition);
const ask = (body: string): Promise<Uint8Array> =>
  new Promise((resolve) => {
    const token = (next++).toString(36);
    waiting.set(token, resolve);
    bus.publish(subject, body, { reply: inbox + token });
  });

const server = fastify({ logger: false });
server.post('/', async ({ body }, reply) => {
  const answer = await ask(JSON.stringify(request.parse(body)));
  return reply.type('application/json').send(Buffer.from(answer));
});
await server.listen({ host: '127.0.0.1', port: setting.port });
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
