import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { AnchorRounds } from '../anchor/anchor-rounds.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { contextOf, proven, type RunningAudit, startAudit } from './running-audit.js';

/** Starts the service with a token that stores anchors. Each test moves the anchor itself. */
export const startWithoutRounds = async (): Promise<RunningAudit> => {
  const rounds = vi.spyOn(AnchorRounds.prototype, 'onApplicationBootstrap').mockImplementation(() => undefined);
  const audit = await startAudit();
  rounds.mockRestore();
  audit.macs.anchor = null;
  return audit;
};

/** The two processes of a running service, each by its number. */
export const processesOf = (audit: () => RunningAudit) => {
  const instance = (number: number) => {
    const one = audit().instances[number];
    if (one === undefined) throw new Error(`no process ${number}`);
    return one;
  };
  const app = (number: number) => instance(number).app;
  return {
    instance,
    app,
    guard: (number: number): TrailGuard => app(number).get(TrailGuard),
    /** Has one process seal events. */
    seal: (number: number, events: readonly AuditEvent[]) =>
      app(number)
        .get(ReceiveEvents)
        .receive(contextOf(platformTenantId), { reporter: 'crypto-worker', partition: 'default' }, proven(events)),
  };
};

/** Runs the service for the tests of a suite, without rounds, and gives each test a tenant of its own. */
export const twoProcesses = () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());
  beforeEach(() => {
    tenantId = randomUUID();
  });
  return {
    ...processesOf(() => audit),
    get audit(): RunningAudit {
      return audit;
    },
    get tenantId(): string {
      return tenantId;
    },
  };
};
