import { listAlgorithms } from './algorithm-list.js';
import { deleteAlias, getAlias, listAliases, putAlias, resolveAlias } from './alias.js';
import { announcedSubject } from './announcement.js';
import {
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  computeMacs,
  countUses,
  queryEvents,
  verifyTrail,
} from './audit.js';
import { anyPartition, type Contract, type Service, services } from './bus.js';
import { deleteCertificate, getCertificate, putCertificate } from './certificate.js';
import {
  getCheckpointKeys,
  getLatestCheckpoint,
  getTile,
  listCheckpointKeys,
  listCheckpoints,
  proveConsistency,
  proveInclusion,
  signCheckpoint,
} from './checkpoint.js';
import {
  createConnector,
  deleteConnector,
  editConnector,
  getConnector,
  listConnectors,
  replayConnector,
  resumeConnector,
  testConnector,
} from './connector-change.js';
import { decrypt, encrypt } from './crypto.js';
import { requestCertificate } from './csr.js';
import { deleteGrants, getGrants, putGrants } from './grant.js';
import {
  acceptTrails,
  listFinalChanges,
  listRecordHeads,
  listRecordPositions,
  readAnchor,
  readHighestRevision,
  readRecordHeads,
  restoreRecords,
  restoreTenant,
  writeAnchor,
} from './history.js';
import { surveyHsm, testHsm } from './hsm.js';
import { getWrappingKey, importKey } from './import-key.js';
import { sign, verify } from './jws-json.js';
import { getKek, rotateKek } from './kek.js';
import { decapsulate, encapsulate } from './kem.js';
import { createKey, getKey, listKeys } from './key.js';
import { findTenant, getKeySet } from './key-set.js';
import {
  activateKey,
  cancelDestruction,
  compromiseKey,
  deactivateKey,
  deleteKey,
  editKey,
  getKeyUsage,
  getKeyVersion,
  getPublicKey,
  listKeyVersions,
  resumeKey,
  revokeKey,
  rotateKey,
  scheduleDestruction,
  suspendKey,
} from './lifecycle.js';
import { aliveReply, aliveSubject, groupOf, ownSubject } from './member.js';
import { findUnsealed, openGatewayOutbox, openPolicyOutbox, readOutboxKeys } from './outbox.js';
import {
  applyPolicy,
  compareEnforced,
  createTenant,
  diffPolicyVersions,
  disableTenant,
  enableTenant,
  getPolicy,
  getPolicyTemplate,
  getPolicyVersion,
  getTenant,
  listPartitions,
  listPolicyTemplates,
  listPolicyVersions,
  listTenants,
  putPolicy,
  readTenant,
  rollbackPolicy,
} from './policy.js';
import { evaluatePolicy, evaluatePolicyChange } from './policy-evaluation.js';
import { dataKey, random } from './random.js';
import {
  adoptGatewayRecords,
  adoptPolicyRecords,
  checkGatewayRecords,
  checkPolicyRecords,
  sealGatewayRecords,
  sealOlderGatewayRecords,
  sealOlderPolicyRecords,
  sealPolicyRecords,
} from './record.js';
import { reencrypt } from './reencrypt.js';
import { resign } from './resign.js';
import { deleteRotationPolicy, getRotationPolicy, putRotationPolicy } from './rotation-policy.js';
import { signToken } from './token.js';
import { unwrap, wrap } from './wrap.js';

/** Every contract between services. */
export const contracts = {
  createKey,
  getKey,
  listKeys,
  listAlgorithms,
  activateKey: activateKey.contract,
  suspendKey: suspendKey.contract,
  resumeKey: resumeKey.contract,
  deactivateKey: deactivateKey.contract,
  revokeKey: revokeKey.contract,
  compromiseKey: compromiseKey.contract,
  rotateKey: rotateKey.contract,
  scheduleDestruction: scheduleDestruction.contract,
  cancelDestruction: cancelDestruction.contract,
  deleteKey,
  listKeyVersions,
  getKeyVersion,
  getKeyUsage,
  getPublicKey,
  editKey: editKey.contract,
  getKeySet,
  putAlias: putAlias.contract,
  getAlias,
  resolveAlias,
  listAliases,
  deleteAlias,
  getRotationPolicy,
  putRotationPolicy: putRotationPolicy.contract,
  deleteRotationPolicy,
  putCertificate: putCertificate.contract,
  getCertificate,
  deleteCertificate,
  getGrants,
  putGrants: putGrants.contract,
  deleteGrants,
  encrypt: encrypt.contract,
  decrypt: decrypt.contract,
  sign: sign.contract,
  verify: verify.contract,
  encapsulate: encapsulate.contract,
  decapsulate: decapsulate.contract,
  reencrypt: reencrypt.contract,
  resign: resign.contract,
  random: random.contract,
  dataKey: dataKey.contract,
  wrap: wrap.contract,
  unwrap: unwrap.contract,
  requestCertificate: requestCertificate.contract,
  signToken,
  getWrappingKey,
  importKey,
  rotateKek,
  getKek,
  surveyHsm,
  testHsm,
  applyPolicy,
  compareEnforced,
  computeMacs,
  signCheckpoint,
  listCheckpointKeys,
  sealGatewayRecords,
  checkGatewayRecords,
  sealOlderGatewayRecords,
  adoptGatewayRecords,
  sealPolicyRecords,
  checkPolicyRecords,
  sealOlderPolicyRecords,
  adoptPolicyRecords,
  openGatewayOutbox,
  openPolicyOutbox,
  readOutboxKeys,
  createTenant,
  listPartitions,
  listTenants,
  getTenant,
  readTenant,
  disableTenant: disableTenant.contract,
  enableTenant: enableTenant.contract,
  findTenant,
  getPolicy,
  putPolicy,
  listPolicyVersions,
  getPolicyVersion,
  diffPolicyVersions,
  rollbackPolicy,
  listPolicyTemplates,
  getPolicyTemplate,
  evaluatePolicy,
  evaluatePolicyChange,
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  findUnsealed,
  queryEvents,
  countUses,
  verifyTrail,
  createConnector,
  listConnectors,
  getConnector,
  editConnector: editConnector.contract,
  deleteConnector,
  resumeConnector: resumeConnector.contract,
  testConnector: testConnector.contract,
  replayConnector: replayConnector.contract,
  listCheckpoints,
  getLatestCheckpoint,
  getCheckpointKeys,
  proveInclusion,
  proveConsistency,
  getTile,
  readHighestRevision,
  readRecordHeads,
  listRecordHeads,
  listRecordPositions,
  listFinalChanges,
  readAnchor,
  writeAnchor,
  acceptTrails,
  restoreTenant,
  restoreRecords,
} as const satisfies Record<string, Contract>;

export interface BusPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The inbox prefix of one service. No other service may subscribe to its replies. */
export const inboxPrefix = (service: Service): string => `_INBOX_${service.replace('-', '_')}`;

/** The subject on which the receiver of a request says that it still works on it, beside the subject of its reply. */
export const workingSubject = (reply: string): string => `${reply}.working`;

/**
 * The bus permissions of `service`, derived from the contracts: publish what it may call, subscribe to what it owns and
 * to its own inbox. Everything else is denied. Each subject is also that of single processes, which say that they are alive.
 * The receiver of a request may reply, and say to its callers that it still works on a request, and that it is alive. Processes of one
 * service tell each other what they change.
 * @param partition name of the worker's partition, or `*` for services that reach all of them
 */
export const permissionsOf = (service: Service, partition = anyPartition): BusPermissions => {
  const rows: readonly Contract[] = Object.values(contracts);
  const owned = rows.filter(({ owner }) => owner === service);
  const called = rows.filter((row) => row.callers.includes(service));
  const callers = services.filter((caller) => owned.some((row) => row.callers.includes(caller)));
  const announced = [announcedSubject(service, partition)].filter((subject) => subject !== undefined);
  return {
    publish: [
      ...subjectsOf(called, partition),
      ...callers.map((caller) => workingSubject(`${inboxPrefix(caller)}.*.*`)),
      ...callers.map((caller) => aliveReply(`${inboxPrefix(caller)}.*.`, '>')),
      ...announced,
    ],
    subscribe: [...subjectsOf(owned, partition), `${inboxPrefix(service)}.>`, ...announced],
  };
};

const subjectsOf = (rows: readonly Contract[], partition: string): readonly string[] => {
  const shared = rows.map((row) => row.subject.replace('{partition}', partition));
  const groups = [...new Set(shared.map(groupOf))];
  return [
    ...shared,
    ...shared.map((subject) => ownSubject(subject, '*')),
    ...groups.map((group) => aliveSubject(group, '*')),
  ];
};
