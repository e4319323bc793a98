import { setImmediate as endOfTurn } from 'node:timers/promises';
import { type Context, type getKeySet, type KeySet, type KeyState, maxSetKeys } from '@ankasecure/contracts';
import { RecordPosition, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { versionOf } from './key-store.js';
import { type KeyVersion, parseKid } from './key-version.js';
import { type CertificateMembers, certificateMembers, publicKeyOf } from './public-key.js';
import { assertVersion } from './record/assert-version.js';
import { type StoredVersion, selectVersions } from './record/select-version.js';

/** Keys that are parsed in one turn of the event loop. Anybody can ask for a set, and operations must not wait for a whole one. */
const perTurn = 20;

/** The certificates of one set in DER, in bytes. A set is one message, and many readers ask for it. */
const maxChainBytes = 512 * 1024;

/**
 * The recorded states of published versions. A version is published before it signs, so that relying parties have it by then,
 * and for as long as its signatures count. No date moves a version in or out, so a set holds until a record changes.
 */
const published: readonly KeyState[] = ['PRE_ACTIVE', 'ACTIVE', 'DEACTIVATED'];

/** Reads the public keys that verify a tenant's signatures. */
@Injectable()
export class ReadKeySet {
  constructor(private readonly dataSource: DataSource) {}

  async of(
    { tenantId }: Pick<Context, 'tenantId'>,
    { known, kid }: z.infer<typeof getKeySet.request>,
  ): Promise<z.infer<typeof getKeySet.reply>> {
    const isEarlierGateway = known === undefined && kid === undefined;
    const { position, versions } = await withTenant(this.dataSource, tenantId, async (manager) => {
      // The position is read first. A change in between is in the set, and the next reader sees the new position.
      const { position, isBelieved } = await positionOf(manager, tenantId);
      if (isBelieved && known === position) return { position, versions: null };
      return { position, versions: await publishedVersions(manager, tenantId, kid) };
    });
    if (versions === null) return { position, set: null };
    const set = await setOf(versions);
    return isEarlierGateway ? { keys: set.keys } : { position, set };
  }
}

/**
 * The position of the tenant's records. The database's counter is believed only if it exists and has reached what this process has
 * committed and what the trail holds: it could be hidden, or put back, so that a change is passed over.
 */
const positionOf = async (
  manager: EntityManager,
  tenantId: string,
): Promise<{ readonly position: number; readonly isBelieved: boolean }> => {
  const told = Number((await manager.findOneBy(RecordPosition, { tenantId }))?.revision ?? 0);
  const { memory, positions } = sealsOf(manager).history;
  const least = Math.max(memory.committedUpTo(tenantId), positions.of(tenantId));
  return { position: Math.max(told, least), isBelieved: told > 0 && told >= least };
};

/** Reads one version more than a set holds, if there are so many. @throws AnkaError `record-forged` */
const publishedVersions = async (
  manager: EntityManager,
  tenantId: string,
  kid: string | undefined,
): Promise<readonly StoredVersion[]> => {
  const wanted = kid === undefined ? undefined : parseKid(kid);
  if (wanted === null) return [];
  const versions = selectVersions(manager)
    .where(`version.tenantId = :tenantId AND key.purpose = 'sign'`, { tenantId })
    // The owner of the private key publishes a public key of others. In this set it would vouch for the owner's signatures.
    .andWhere(`version.custody <> 'public'`)
    .andWhere('version.state IN (:...published)', { published });
  if (wanted !== undefined) versions.andWhere('version.keyId = :keyId AND version.version = :version', { ...wanted });
  const found = await versions
    .orderBy({ 'version.createdAt': 'DESC', 'version.keyId': 'ASC', 'version.version': 'DESC' })
    .limit(maxSetKeys + 1)
    .getMany();
  for (const version of found) {
    assertVersion(manager, version, { tenantId, ...wanted });
    if (!isPublished(version)) throw sealsOf(manager).reject(manager, version, 'forged');
  }
  return found;
};

/** The conditions of the query. Whoever owns the database can answer with versions that do not meet them. */
const isPublished = ({ state, custody, key }: StoredVersion): boolean =>
  published.includes(state) && custody !== 'public' && key.purpose === 'sign';

/** The certificates of a JWK, as far as the set has room for them: `x5t#S256` is always there. Takes their bytes off the room. */
const shownCertificates = (key: KeyVersion, room: { bytes: number }): Partial<CertificateMembers> => {
  const members = certificateMembers(key);
  if (members === undefined) return {};
  room.bytes -= key.certificateChain?.length ?? 0;
  return room.bytes < 0 ? { 'x5t#S256': members['x5t#S256'] } : members;
};

const setOf = async (versions: readonly StoredVersion[]): Promise<KeySet> => {
  const keys: KeySet['keys'] = [];
  const room = { bytes: maxChainBytes };
  for (const [index, stored] of versions.slice(0, maxSetKeys).entries()) {
    if (index > 0 && index % perTurn === 0) await endOfTurn();
    const key = versionOf(stored);
    const exported = publicKeyOf(key);
    if (exported !== null) keys.push({ ...exported.jwk, ...shownCertificates(key, room) });
  }
  return versions.length > maxSetKeys ? { keys, truncated: true } : { keys };
};
