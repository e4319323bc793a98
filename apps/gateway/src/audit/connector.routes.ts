import {
  type ConnectorReplay,
  type ConnectorResource,
  type ConnectorTest,
  createConnector,
  deleteConnector,
  editConnector,
  getConnector,
  listConnectors,
  replayConnector,
  resumeConnector,
  testConnector,
} from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const request = {
  name: 'SOC',
  enabled: true,
  settings: {
    kind: 'elastic',
    url: 'https://es.acme.example:9200',
    apiKey: 'elastic-api-key',
    dataStream: 'logs-ankasecure.audit-default',
    requireDataStream: true,
    tls: {},
  },
} as const;
const connector: ConnectorResource = {
  id: ids.connector,
  tenantId: ids.tenant,
  ...request,
  createdBy: 'alice@acme.example',
  changedAt: instants.created,
  revision: 1764316800000000,
  status: {
    seq: 1180,
    lag: 24,
    deadLetters: 0,
    paused: false,
    lastError: null,
    retryAt: null,
    deliveredAt: instants.sealed,
  },
};

const about = { tag: 'Audit', withinMs: 15_000 } as const;
const reading = { roles: ['tenant-admin', 'auditor', 'platform-admin'] } as const;
/** The audit service lets administrators of the platform alone change a connector of the platform's own tenant. */
const changing = { roles: ['tenant-admin', 'platform-admin'], dryRun: true } as const;
const one = {
  ...about,
  path: '/audit/connectors/{id}',
  status: 200,
  unknownId: 'connector-not-found',
} as const;
const unread = ['connector-not-found', 'record-forged', 'hsm-unavailable'] as const;

/** The connectors that deliver sealed events to SIEMs. */
export const connectorRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/audit/connectors',
    operationId: 'createConnector',
    summary: 'Create a connector',
    description:
      'A connector delivers the tenant’s sealed events to a SIEM, from the first one on, in their order and at least once: each has its id and its `seq`. One of the platform’s own tenant delivers the events of every tenant, and only a platform administrator changes it. Secrets are files that the operator puts into the tenant’s own folder, named by the tenant’s id, below `connectors.secrets-directory` of the audit service. The settings name the files, no answer shows what is in them, and no tenant can name a file of another. A tenant can have 20 connectors.',
    ...changing,
    contract: createConnector,
    takes: 'body',
    status: 201,
    idempotent: true,
    etag: true,
    location: '/audit/connectors',
    errors: ['record-forged', 'hsm-unavailable'],
    example: { request, reply: connector },
  },
  {
    ...about,
    ...reading,
    method: 'GET',
    path: '/audit/connectors',
    operationId: 'listConnectors',
    summary: 'List connectors',
    description: 'Connectors are sorted newest first. Each has its status: how far it is, and what holds it up.',
    contract: listConnectors,
    takes: 'parameters',
    status: 200,
    errors: ['cursor-invalid', 'record-forged', 'hsm-unavailable'],
    example: { reply: { items: [connector], next: null } },
  },
  {
    ...one,
    ...reading,
    method: 'GET',
    operationId: 'getConnector',
    summary: 'Read a connector',
    description:
      'The status says how many events wait, which events the receiver refuses for good (dead letters: they stay in the trail), and why nothing is delivered.',
    contract: getConnector,
    takes: 'parameters',
    etag: true,
    errors: unread,
    example: { reply: connector },
  },
  {
    ...one,
    ...changing,
    method: 'PATCH',
    operationId: 'editConnector',
    summary: 'Update a connector',
    description:
      'Fields that are left out keep their values; settings are replaced as a whole. It delivers with the new settings within seconds, from where it was, and is tried at once if it was paused.',
    contract: editConnector.contract,
    takes: 'body',
    body: editConnector.body,
    etag: true,
    conditional: true,
    errors: unread,
    example: { request: { enabled: false }, reply: { ...connector, enabled: false, revision: connector.revision + 1 } },
  },
  {
    ...one,
    ...changing,
    method: 'DELETE',
    operationId: 'deleteConnector',
    summary: 'Delete a connector',
    description:
      'It delivers nothing from then on. How far it was is forgotten: one that is created later begins with the first event.',
    contract: deleteConnector,
    takes: 'parameters',
    etag: true,
    conditional: 'optional',
    errors: unread,
    example: { reply: { id: connector.id, revision: connector.revision } },
  },
  {
    ...one,
    ...changing,
    method: 'POST',
    path: '/audit/connectors/{id}/resume',
    operationId: 'resumeConnector',
    summary: 'Try a connector now',
    description:
      'Ends a pause and any other wait, once what held it up has been put right. Without this call it is tried again at `retryAt`.',
    contract: resumeConnector.contract,
    takes: 'body',
    body: resumeConnector.body,
    etag: true,
    errors: unread,
    example: { request: {}, reply: connector },
  },
  {
    ...one,
    roles: changing.roles,
    method: 'POST',
    path: '/audit/connectors/{id}/test',
    operationId: 'testConnector',
    summary: 'Test a connector',
    description:
      'Seals an event `connector.test` in the trail, sends it to the receiver at once over a connection of its own, and answers what the receiver said. The attempt takes ten seconds at most. It works for a connector that is off or paused, too, and changes nothing about what is delivered: a connector that is on delivers the event in its turn as well, with the same id. One test of a tenant runs at a time.',
    contract: testConnector.contract,
    takes: 'body',
    body: testConnector.body,
    withinMs: 25_000,
    errors: unread,
    example: {
      request: {},
      reply: {
        id: connector.id,
        eventId: ids.event,
        seq: 1205,
        result: 'pause',
        reason: 'HTTP 403: {"text":"Invalid token","code":4}',
        tookMs: 84,
      } satisfies ConnectorTest,
    },
  },
  {
    ...one,
    ...changing,
    method: 'POST',
    path: '/audit/connectors/{id}/replay',
    operationId: 'replayConnector',
    summary: 'Deliver events again',
    description:
      'Puts a connector back: it delivers again what it has delivered, from an event or a time on, and then goes on. Each record of an event that was delivered before says so: `repeat`. Events that the receiver has refused are tried again, too. It begins within ten seconds. A replay has at most 1,000,000 events; a new connector begins with the first.',
    contract: replayConnector.contract,
    takes: 'body',
    body: replayConnector.body,
    errors: unread,
    example: {
      request: { fromSeq: 1000 },
      reply: { id: connector.id, tenantId: ids.tenant, fromSeq: 1000, untilSeq: 1180 } satisfies ConnectorReplay,
    },
  },
];
