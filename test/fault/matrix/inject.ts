import { createKey, type Service, sign, subjectOf } from '@ankasecure/contracts';
import { type FaultProxy, type NetworkFault, refuseSubscription } from '@ankasecure/testing';
import { crash, startNatsAgain, startPostgresAgain } from '../../e2e/harness/restart.js';
import type { Database } from '../../e2e/harness/rig.js';
import type { FaultRig } from './fault-rig.js';
import type { Fault, Part } from './part.js';

/** Ends a fault. What was killed is started again. */
export type Heal = () => Promise<void> | void;
/** Puts a fault in force. */
export type Inject = (rig: FaultRig) => Promise<Heal> | Heal;

const nothing: Heal = () => undefined;

const killed =
  (...names: readonly string[]): Inject =>
  async ({ stack }) => {
    await Promise.all(names.map((name) => stack.kill(name)));
    return async () => void (await Promise.all(names.map((name) => stack.restart(name))));
  };

const frozen =
  (...names: readonly string[]): Inject =>
  ({ stack }) => {
    const pids = names.map((name) => stack.pids()[name] ?? 0);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    };
  };

/** The connections of a service, or of all services. */
const links = ({ network }: FaultRig, to: 'database' | 'bus', service?: Service): FaultProxy[] =>
  (service === undefined ? Object.values(network) : [network[service]]).map((proxies) => proxies[to]);

const cut =
  (which: (rig: FaultRig) => readonly FaultProxy[]): Inject =>
  (rig) => {
    for (const proxy of which(rig)) proxy.cut();
    return nothing;
  };

const network =
  (fault: NetworkFault, which: (rig: FaultRig) => readonly FaultProxy[]): Inject =>
  (rig) => {
    for (const proxy of which(rig)) proxy.set(fault);
    return () => {
      for (const proxy of which(rig)) proxy.set(null);
    };
  };

/** The faults of one service on its own. */
const serviceFaults = (service: Service, ...names: readonly string[]): Partial<Record<Fault, Inject>> => {
  const own = (rig: FaultRig): FaultProxy[] => [...links(rig, 'database', service), ...links(rig, 'bus', service)];
  return {
    killed: killed(...names),
    frozen: frozen(...names),
    cut: cut(own),
    slow: network('slow', own),
    refused: network('refused', own),
  };
};

/** Makes every session of the database read-only, as a standby is after a failover. */
const readOnly =
  (database: Database, service: Service): Inject =>
  async (rig) => {
    const { stack } = rig;
    const change = async (sql: string): Promise<void> => {
      await stack.postgres.query('postgres', `ALTER DATABASE ${database} ${sql}`);
      for (const proxy of links(rig, 'database', service)) proxy.cut();
    };
    await change('SET default_transaction_read_only = on');
    return () => change('RESET default_transaction_read_only');
  };

/** Makes every write of the database fail, as on a full disk. Reading goes on. */
const fullDisk =
  (database: Database): Inject =>
  async ({ stack }) => {
    const run = (sql: string) => stack.postgres.query(database, sql);
    await run(diskFull);
    const tables = (await run(ownTables)).map(({ name }) => String(name));
    // One table at a time: writers lock several, and would deadlock with a transaction that locks all.
    for (const table of tables)
      await run(`CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${table} EXECUTE FUNCTION full_disk()`);
    return async () => {
      for (const table of tables) await run(`DROP TRIGGER full_disk ON ${table}`);
      await run('DROP FUNCTION full_disk()');
    };
  };
const diskFull = `
  CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;`;
const ownTables = `
  SELECT oid::regclass::text AS name FROM pg_class
  WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace`;

const databaseFaults = (database: Database, service: Service): Partial<Record<Fault, Inject>> => {
  const own = (rig: FaultRig): FaultProxy[] => links(rig, 'database', service);
  return {
    frozen: network('frozen', own),
    cut: cut(own),
    'read-only': readOnly(database, service),
    full: fullDisk(database),
    slow: network('slow', own),
    refused: network('refused', own),
  };
};

const tokenFault =
  (faults: Readonly<Record<string, string>>): Inject =>
  ({ token }) => {
    token.inject(faults);
    return () => token.inject({});
  };

const everyBus = (rig: FaultRig): FaultProxy[] => links(rig, 'bus');
const everyDatabase = (rig: FaultRig): FaultProxy[] => links(rig, 'database');

/** The faults of each part. `impossible` names the rest, with the reason. */
export const injections: Readonly<Record<Part, Partial<Record<Fault, Inject>>>> = {
  gateway: serviceFaults('gateway', 'gateway'),
  policy: serviceFaults('policy', 'policy'),
  // The network of one worker is that of both.
  worker: { killed: killed('crypto-worker-1'), frozen: frozen('crypto-worker-1') },
  workers: serviceFaults('crypto-worker', 'crypto-worker-1', 'crypto-worker-2'),
  audit: serviceFaults('audit', 'audit'),
  NATS: {
    frozen: ({ stack }) => {
      stack.nats.process.signal('SIGSTOP');
      return () => stack.nats.process.signal('SIGCONT');
    },
    cut: cut(everyBus),
    slow: network('slow', everyBus),
    refused: ({ stack }) => {
      const subjects = [sign.contract, createKey].map((one) => subjectOf(one, 'default'));
      return refuseSubscription(stack.nats, ...subjects);
    },
    killed: async (rig) => {
      await crash(rig.stack.nats.process);
      return async () => void rig.replacements.push(await startNatsAgain(rig));
    },
  },
  'gateway database': databaseFaults('ankadb_gateway', 'gateway'),
  'policy database': databaseFaults('ankadb_policy', 'policy'),
  'key database': databaseFaults('ankadb_keys', 'crypto-worker'),
  'audit database': databaseFaults('ankadb_audit', 'audit'),
  PostgreSQL: {
    frozen: network('frozen', everyDatabase),
    cut: cut(everyDatabase),
    slow: network('slow', everyDatabase),
    refused: network('refused', everyDatabase),
    killed: async (rig) => {
      await crash(rig.stack.postgres.process);
      return async () => void rig.replacements.push(await startPostgresAgain(rig));
    },
  },
  token: {
    killed: tokenFault({ '*': '0x32' }),
    frozen: tokenFault({ '*': 'hang' }),
    cut: tokenFault({ C_SignInit: '0x32*1', C_EncryptInit: '0x32*1' }),
    'read-only': tokenFault({ C_GenerateKey: '0xe2', C_GenerateKeyPair: '0xe2', C_CreateObject: '0xe2' }),
    full: tokenFault({ C_GenerateKey: '0x31', C_GenerateKeyPair: '0x31', C_CreateObject: '0x31' }),
    slow: tokenFault({ '*': 'sleep:20' }),
    refused: tokenFault({ C_OpenSession: '0xb1', C_Encrypt: '0xb3', C_Sign: '0xb3', C_SignInit: '0xb3' }),
  },
};
