import { text } from 'node:stream/consumers';
import { monotonicNow } from '@ankasecure/contracts';
import { advancePosition, decidingOf, isTracked, recordOf, type Sealed } from '@ankasecure/service-kit';
import { DataSource } from 'typeorm';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { schema } from '../schema.js';
import type { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';

/**
 * A program for tests that seals rows as a worker would, so that a test may write them by SQL. It needs the token's PIN. It
 * reads the token, the database, a table and a condition (SQL) as JSON from standard input.
 */
interface Order {
  readonly hsm: Parameters<typeof openPkcs11Custody>[0];
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly password: string;
  };
  readonly table: string;
  readonly where: string;
}

/** The row's new place in the history, which its seal binds. */
const pickRevision = ({ recordRevision }: Sealed): object =>
  recordRevision === null || recordRevision === undefined ? {} : { recordRevision };

const tell = (details: object, message: string): void => console.error(message, details);
/** A test that cannot seal says why. */
const logger = { info: () => undefined, warn: tell, error: tell };

const { hsm, database, table, where } = JSON.parse(await text(process.stdin)) as Order;
const custody = await openPkcs11Custody(hsm, logger);
const label = `ankasecure:record-mac:${hsm.partition}`;
const [key] = await custody.findByLabel({ deadline: monotonicNow() + 60_000 }, 'record-mac', label);
if (key === undefined) throw new Error('the token has no record key');
const macs = new RecordMacs(custody, { label, id: async () => key.objectId } as unknown as RecordKey);
const dataSource = await new DataSource({
  type: 'postgres',
  ...database,
  database: 'ankadb_keys',
  entities: [...schema.entities],
}).initialize();
const metadata = dataSource.getMetadata(table);
const deciding = decidingOf(metadata.target as () => void);
if (deciding === undefined) throw new Error(`${table} is not sealed`);
const rows = await dataSource.manager.createQueryBuilder<object>(metadata.target, 'record').where(where).getMany();
for (const row of rows) {
  if (isTracked(metadata)) {
    const { tenantId } = row as { tenantId: string };
    const now = Date.now() * 1000;
    (row as Sealed).recordRevision = (await advancePosition(dataSource.manager, tenantId, 1, now)).revision;
  }
  const [seal] = await macs.seal('crypto-worker', [recordOf('crypto-worker', row, metadata)]);
  await dataSource.manager.update(metadata.target, metadata.getEntityIdMap(row) ?? {}, {
    ...pickRevision(row as Sealed),
    seal,
  });
}
await dataSource.destroy();
await custody.close();
process.stdout.write(String(rows.length));
