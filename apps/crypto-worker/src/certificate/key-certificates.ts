import { X509Certificate } from 'node:crypto';
import {
  AnkaError,
  type Context,
  type DryRun,
  type getCertificate,
  type KeyCertificate,
  noSuchVersion,
  type putCertificate,
} from '@ankasecure/contracts';
import { changeRecord, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertGranted } from '../access/grant.js';
import { onTheWayOut, refusalOf, stateAt } from '../key/key-state.js';
import { lifecycleOf, versionOf } from '../key/key-store.js';
import { lockKeyFor, reviseKey } from '../key/lock/lock-key.js';
import { certificateMembers, certificatesOf } from '../key/public-key.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { readVersion, type StoredVersion } from '../key/record/select-version.js';
import { forecastKey } from '../outcome/dry-run-answer.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { readChain } from './read-chain.js';

type Put = z.infer<typeof putCertificate.contract.request>;
type OfVersion = z.infer<typeof getCertificate.request>;

/** A version's certificates, and the revision of its key, as of everything that belongs to a key. */
export interface RevisedCertificate {
  readonly body: KeyCertificate;
  readonly revision: number;
}

/** A change as a request states it. */
interface Change {
  readonly operation: 'key.certificate.put' | 'key.certificate.delete';
  readonly id: string;
  readonly version: number | undefined;
  /** @returns the new chain, or null for none. @throws AnkaError the refusal */
  readonly next: (row: StoredVersion, now: number) => Buffer | null;
}

/**
 * The certificates of key versions. They are part of the version's sealed record, and a change makes every cached copy of the
 * version outdated: no worker shows other ones once it has returned.
 */
@Injectable()
export class KeyCertificates {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: KeyActionRunner,
  ) {}

  /** @throws AnkaError `key-not-found`, also for a version without a certificate; `key-access-denied` */
  get(context: Context, { id, version }: OfVersion): Promise<RevisedCertificate> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const key = await manager.findOneBy(KeyRecord, { tenantId, id });
      if (key === null) throw noCertificate();
      await assertGranted(manager, context, 'view', id);
      const row = await read(manager, tenantId, id, version);
      return { body: certificateOf(row, row.certificateChain), revision: key.revision };
    });
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `request-invalid`, `key-state`, `purpose-mismatch` */
  put(context: Context, request: Put): Promise<RevisedCertificate | DryRun> {
    const { id, version } = request;
    return this.change(context, {
      operation: 'key.certificate.put',
      id,
      version,
      next: (row, now) => chainFor(row, request, now),
    });
  }

  /** @returns what was removed. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed` */
  remove(context: Context, { id, version }: OfVersion): Promise<RevisedCertificate | DryRun> {
    return this.change(context, {
      operation: 'key.certificate.delete',
      id,
      version,
      next: ({ certificateChain }) => {
        if (certificateChain === null) throw noCertificate();
        return null;
      },
    });
  }

  private change(context: Context, { operation, id, version, next }: Change): Promise<RevisedCertificate | DryRun> {
    const { tenantId } = context;
    return this.actions.run(context, {
      operation,
      keyId: id,
      check: async (manager, time) => {
        await lockKeyFor(manager, context, 'manage', id);
        const row = await read(manager, tenantId, id, version);
        return { row, chain: next(row, await time()) };
      },
      foresee: ({ row }) => ({ key: forecastKey(row) }),
      write: async (manager, { row, chain }) => {
        const body = certificateOf(row, chain ?? row.certificateChain);
        await changeRecord(manager, row, { certificateChain: chain, revision: row.revision + 1 });
        const revision = await reviseKey(manager, tenantId, id);
        return { result: { body, revision }, events: [{ details: detailsOf(body) }] };
      },
    });
  }
}

const noCertificate = (): AnkaError =>
  new AnkaError('key-not-found', 'The key does not exist, or the version has no certificate');

const read = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  version: number | undefined,
): Promise<StoredVersion> => {
  const row = await readVersion(manager, tenantId, id, version ?? null);
  if (row === undefined) throw noSuchVersion(version ?? 1);
  return row;
};

/** The chain of a request as it is stored. */
const chainFor = (row: StoredVersion, request: Put, now: number): Buffer => {
  const { publicKey } = versionOf(row);
  if (publicKey === null) throw new AnkaError('purpose-mismatch', 'A secret key has no certificate');
  const state = stateAt(lifecycleOf(row), now);
  if (onTheWayOut.includes(state)) throw new AnkaError('key-state', refusalOf(state, 'have a certificate'));
  return Buffer.concat(readChain(request, publicKey, now).map(({ raw }) => raw));
};

/** Names of several lines in one. */
const inOneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');

const pemOf = (certificate: Buffer): string => new X509Certificate(certificate).toString();

/** @throws AnkaError `key-not-found` if there is no chain */
const certificateOf = ({ keyId, version }: StoredVersion, certificateChain: Buffer | null): KeyCertificate => {
  const members = certificateMembers({ certificateChain });
  if (members === undefined || certificateChain === null) throw noCertificate();
  const certificates = certificatesOf(certificateChain);
  const own = new X509Certificate(certificates[0] ?? Buffer.alloc(0));
  return {
    keyId,
    version,
    x5c: [...members.x5c],
    'x5t#S256': members['x5t#S256'],
    pem: certificates.map(pemOf).join(''),
    subject: inOneLine(own.subject),
    issuer: inOneLine(own.issuer),
    serialNumber: own.serialNumber,
    notBefore: own.validFromDate.toISOString(),
    notAfter: own.validToDate.toISOString(),
  };
};

const detailsOf = ({ version, x5c, notAfter, ...body }: KeyCertificate): Record<string, string> => ({
  version: String(version),
  'x5t#S256': body['x5t#S256'],
  certificates: String(x5c.length),
  notAfter,
});
