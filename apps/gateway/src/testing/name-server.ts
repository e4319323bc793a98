import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** The address of a name, nothing if it has none, or silence. */
type Reply = string;

export interface NameServer {
  /** For `dnsServers`. */
  readonly address: string;
  /** The names that were asked for. */
  readonly asked: string[];
  stop(): Promise<void>;
}

const questionAt = 12;

const nameIn = (message: Buffer): string => {
  const labels: string[] = [];
  for (let at = questionAt, size = message[at] ?? 0; size > 0; at += size + 1, size = message[at] ?? 0)
    labels.push(message.toString('latin1', at + 1, at + 1 + size));
  return labels.join('.');
};

/** The answer to a question for the address of one name (RFC 1035 §4.1). Questions for AAAA have an empty answer. */
const answerTo = (message: Buffer, reply: string): Buffer => {
  const end = questionAt + nameIn(message).length + 2;
  const question = message.subarray(questionAt, end + 4);
  const isForA = message.readUInt16BE(end) === 1;
  const found = reply !== 'none' && isForA;
  const header = Buffer.alloc(questionAt);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(reply === 'none' ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...reply.split('.').map(Number)]);
  return Buffer.concat(found ? [header, question, record] : [header, question]);
};

/** A DNS server on loopback. */
export const startNameServer = async (replyTo: (name: string) => Reply): Promise<NameServer> => {
  const asked: string[] = [];
  const socket: Socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const name = nameIn(message);
    asked.push(name);
    const reply = replyTo(name);
    if (reply !== 'silence') socket.send(answerTo(message, reply), port, address);
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
};
