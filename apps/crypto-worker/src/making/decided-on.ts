import type { EntityManager } from 'typeorm';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';

type DecidedVersion = Pick<KeyVersionRecord, 'tenantId' | 'keyId' | 'version' | 'revision'>;

/** Whether a version is the one that was read when the making was decided. */
export const isVersionUnchanged = async (
  manager: EntityManager,
  { tenantId, keyId, version, revision }: DecidedVersion,
): Promise<boolean> => (await manager.findOneBy(KeyVersionRecord, { tenantId, keyId, version, revision })) !== null;

/** Whether the tenant's policy is the one that the making was decided by. */
export const isPolicyUnchanged = async (
  manager: EntityManager,
  tenantId: string,
  { revision }: Pick<TenantPolicyRecord, 'revision'>,
): Promise<boolean> => (await manager.findOneBy(TenantPolicyRecord, { tenantId, revision })) !== null;
