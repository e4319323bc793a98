import { excludedName } from '../identity/excluded-subject.entity.js';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import {
  createExclusion,
  deleteExclusion,
  type Exclusion,
  getExclusion,
  listExclusions,
} from './exclusion.contract.js';

const request = {
  issuer: 'https://login.acme.example',
  subject: 'acme:mallory',
  reason: 'the account was taken over',
};
const exclusion: Exclusion = {
  id: ids.exclusion,
  tenantId: ids.tenant,
  ...request,
  createdBy: 'alice@acme.example',
  createdAt: instants.created,
  kept: 'database',
  digest: excludedName(request),
};

const about = { tag: 'Identity', withinMs: 15_000 } as const;
const one = {
  ...about,
  path: '/exclusions/{id}',
  status: 200,
  takes: 'parameters',
  unknownId: 'exclusion-not-found',
} as const;

export const exclusionRoutes: readonly Route[] = [
  {
    ...about,
    method: 'POST',
    path: '/exclusions',
    operationId: 'createExclusion',
    summary: 'Shut out a subject of an issuer',
    description:
      'When the answer is 201, every gateway refuses the subject’s tokens, whenever they end, and none of its requests is still running. Its grants stay. Its open requests for approval end. The same subject of another issuer is another subject.',
    roles: ['tenant-admin'],
    contract: createExclusion,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    location: '/exclusions',
    errors: ['audit-unavailable'],
    example: { request, reply: exclusion },
  },
  {
    ...about,
    method: 'GET',
    path: '/exclusions',
    operationId: 'listExclusions',
    summary: 'List the subjects that are shut out',
    description:
      'Sorted newest first. One whose row the database has lost is listed too, as `kept` by the trail: it is in force, and is deleted like any other.',
    roles: ['tenant-admin', 'auditor'],
    contract: listExclusions,
    takes: 'parameters',
    status: 200,
    errors: ['cursor-invalid'],
    example: { reply: { items: [exclusion], next: null } },
  },
  {
    ...one,
    method: 'GET',
    operationId: 'getExclusion',
    summary: 'Read an exclusion',
    roles: ['tenant-admin', 'auditor'],
    contract: getExclusion,
    errors: ['exclusion-not-found'],
    example: { reply: exclusion },
  },
  {
    ...one,
    method: 'DELETE',
    operationId: 'deleteExclusion',
    summary: 'Readmit a subject',
    description:
      'The subject’s tokens are accepted again. Two people are needed if the policy requires two for anything, because a readmitted subject can be one of them.',
    roles: ['tenant-admin'],
    contract: deleteExclusion,
    dryRun: true,
    controlled: true,
    errors: ['exclusion-not-found', 'audit-unavailable'],
    example: { reply: exclusion },
  },
];
