import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Contract, contracts, inboxPrefix, services, subjectOf } from '@ankasecure/contracts';
import { createUser } from '@nats-io/nkeys';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Nats, natsConfiguration, startNats } from './nats.js';
import { freePort } from './port.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-nats-'));
const all: readonly Contract[] = Object.values(contracts);
const concrete = (contract: Contract): string => subjectOf(contract, 'default');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
let nats: Nats;

beforeAll(async () => {
  nats = await startNats({ directory, port: await freePort(), partitions: ['other'] });
});

afterAll(async () => {
  await nats.stop();
  rmSync(directory, { recursive: true });
});

/** A connection that records what the server forbids, as `publish x` and `subscription y`. */
const login = async (seed: string): Promise<{ connection: NatsConnection; forbidden: Set<string> }> => {
  const connection = await connect({
    servers: nats.url,
    tls: { caFile: nats.caFile },
    authenticator: nkeyAuthenticator(encode(seed)),
    reconnect: false,
  });
  const forbidden = new Set<string>();
  const note = async (): Promise<void> => {
    for await (const status of connection.status()) {
      const violation = /Permissions Violation for (publish|subscription) to "?([^\s"]+)/i.exec(
        status.type === 'error' ? status.error.message : '',
      );
      if (violation) forbidden.add(`${violation[1]?.toLowerCase()} ${violation[2]}`);
    }
  };
  void note();
  return { connection, forbidden };
};

/** Resolves when the server has answered everything and the answers are recorded. */
const settled = async (connection: NatsConnection): Promise<void> => {
  await connection.flush();
  await setImmediate();
  await connection.close();
};

/** The subjects that the server forbids to publish or to subscribe to. */
const tryAll = async (seed: string, subjects: readonly string[]): Promise<Set<string>> => {
  const { connection, forbidden } = await login(seed);
  for (const subject of subjects) {
    connection.publish(subject);
    connection.subscribe(subject, { callback: () => {} });
  }
  await settled(connection);
  return forbidden;
};

describe('threat: NATS eavesdropping, spoofing', () => {
  for (const service of services) {
    it(`lets ${service} publish only what it may call and subscribe only to what it owns`, async () => {
      const expected = all.flatMap((contract) => [
        ...(contract.callers.includes(service) ? [] : [`publish ${concrete(contract)}`]),
        ...(contract.owner === service ? [] : [`subscription ${concrete(contract)}`]),
      ]);
      const forbidden = await tryAll(nats.seeds[service], all.map(concrete));
      expect([...forbidden].sort()).toEqual([...new Set(expected)].sort());
    });

    it(`keeps ${service} out of other inboxes, and away from wildcards`, async () => {
      const inboxes = services.filter((other) => other !== service).map((other) => `${inboxPrefix(other)}.x`);
      const subjects = [...inboxes, '_INBOX.x', '$SYS.ACCOUNT', '$SYS.REQ.SERVER.PING', 'crypto', 'made-up.subject'];
      const forbidden = await tryAll(nats.seeds[service], subjects);
      for (const subject of subjects) {
        expect(forbidden).toContain(`publish ${subject}`);
        expect(forbidden).toContain(`subscription ${subject}`);
      }
      const wildcards = ['>', '*.>', 'audit.>', 'crypto.>', 'policy.>', '_INBOX.>'];
      const { connection, forbidden: refused } = await login(nats.seeds[service]);
      for (const subject of wildcards) connection.subscribe(subject, { callback: () => {} });
      await settled(connection);
      for (const subject of wildcards) expect(refused).toContain(`subscription ${subject}`);
    });
  }

  it('stops a worker of one partition from serving another', async () => {
    const others = all.map((contract) => subjectOf(contract, 'other')).filter((subject) => subject.includes('.other.'));
    const forbidden = await tryAll(nats.seeds['crypto-worker'], others);
    for (const subject of others) expect(forbidden).toContain(`subscription ${subject}`);
  });

  it('lets the workers of another partition serve only that one', async () => {
    const on = (partition: string): string[] =>
      all.map((contract) => subjectOf(contract, partition)).filter((subject) => subject.includes(`.${partition}.`));
    const forbidden = await tryAll(nats.partitionSeeds['other'] ?? '', [...on('other'), ...on('default')]);
    for (const subject of on('default')) expect(forbidden).toContain(`subscription ${subject}`);
    expect([...forbidden].filter((what) => what.startsWith('subscription crypto.other.'))).toEqual([]);
  });

  it('lets the receiver of a request answer once, in the inbox of the sender', async () => {
    const gateway = await login(nats.seeds.gateway);
    const policy = await login(nats.seeds.policy);
    policy.connection.subscribe('policy.get', {
      callback: (_, message) => {
        message.respond(encode('first'));
        message.respond(encode('second'));
      },
    });
    await policy.connection.flush();
    const heard: string[] = [];
    const inbox = `${inboxPrefix('gateway')}.here`;
    gateway.connection.subscribe(inbox, { callback: (_, message) => void heard.push(message.string()) });
    gateway.connection.publish('policy.get', encode('{}'), { reply: inbox });
    await expect.poll(() => heard).toEqual(['first']);
    await expect.poll(() => [...policy.forbidden]).toEqual([`publish ${inbox}`]);
    await gateway.connection.close();
    await policy.connection.close();
    expect(heard).toEqual(['first']);
  });

  it('refuses a client without an nkey, with an unknown one, or that trusts another authority', async () => {
    const options = { servers: nats.url, tls: { caFile: nats.caFile }, reconnect: false } as const;
    await expect(connect(options)).rejects.toThrow(/authorization/i);
    const stranger = nkeyAuthenticator(createUser().getSeed());
    await expect(connect({ ...options, authenticator: stranger })).rejects.toThrow(/authorization/i);
    const known = nkeyAuthenticator(encode(nats.seeds.gateway));
    await expect(connect({ ...options, tls: {}, authenticator: known })).rejects.toThrow(/certificate/i);
  });
});

it('never writes an empty list of permissions, which would allow everything', () => {
  const nobody = { nkey: 'U', permissions: { publish: [], subscribe: ['_INBOX_x.>'] } };
  expect(() => natsConfiguration(4222, { certificateFile: 'c', keyFile: 'k' }, [nobody])).toThrow('no permissions');
});
