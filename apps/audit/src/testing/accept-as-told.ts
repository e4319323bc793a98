import type { INestApplicationContext } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { trailHeads } from '../anchor/trail-anchor.sql.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { placeOf, type VerifiedTrail } from '../anchor/trail-place.js';

const none: VerifiedTrail = { seq: 0, hash: Buffer.of(), index: { seq: 0, mac: Buffer.of() } };

/** Anchors the trails as the database has them, whatever a test has made of them. */
export const acceptAsTold = async ({
  app,
  dataSource,
}: {
  readonly app: INestApplicationContext;
  readonly dataSource: DataSource;
}): Promise<void> => {
  const guard = app.get(TrailGuard);
  await guard.compare();
  const told = (await trailHeads(dataSource)).map(
    (head) => [head.tenantId, { seq: head.seq, hash: head.hash, index: placeOf(head) }] as const,
  );
  const gone = (await guard.refused()).map((tenantId) => [tenantId, none] as const);
  await guard.accept(new Map([...gone, ...told]), guard.seen);
};
