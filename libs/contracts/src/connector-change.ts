import { z } from 'zod';
import { contract, page } from './bus.js';
import { connectorSettings } from './connector.js';
import { cursor, instant, pageLimit, text, uuid } from './primitive.js';
import { exactlyOne } from './rule.js';

const gatewayToAudit = { owner: 'audit', callers: ['gateway'] } as const;

/** The limit of connectors per tenant. */
export const maxConnectors = 20;
/** The most events that one replay repeats. */
export const maxReplay = 1_000_000;

const name = text(100).describe('For people: such as the name of the receiver.');
const enabled = z.boolean().describe('Whether it delivers.');
const settings = connectorSettings.describe(
  'Where events go, and how. Secrets are named and never sent: each name is that of a file in the tenant’s own folder below the secrets directory of the audit service, where the operator puts it.',
);

/** How far a connector is. For the platform's, over all tenants. */
const status = z
  .strictObject({
    seq: z
      .number()
      .int()
      .nonnegative()
      .nullable()
      .describe(
        'The last event of the tenant that the receiver has, or that it refuses for good; 0 before the first. Null for a connector of the platform’s tenant, which delivers the events of every tenant.',
      ),
    lag: z.number().int().nonnegative().describe('Sealed events that it has not delivered yet.'),
    deadLetters: z.number().int().nonnegative().describe('Events that the receiver refuses for good.'),
    paused: z
      .boolean()
      .describe(
        'Whether nothing is sent until somebody puts right what `lastError` says. It is tried again at `retryAt`.',
      ),
    lastError: z.string().nullable().describe('Why the last attempt failed; null if it did not.'),
    retryAt: instant.nullable().describe('Nothing is sent before; null if it does not wait.'),
    deliveredAt: instant.nullable().describe('When the receiver last took an event.'),
  })
  .meta({ id: 'ConnectorStatus' });
export type ConnectorStatus = z.infer<typeof status>;

export const connector = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    name,
    enabled,
    settings,
    createdBy: z.string().describe('Who made the connector, or changed it last.'),
    changedAt: instant,
    revision: z.number().int().positive().describe('The revision, also sent as the ETag.'),
    status,
  })
  .meta({ id: 'Connector' });
export type ConnectorResource = z.infer<typeof connector>;

export const createConnector = contract({
  ...gatewayToAudit,
  subject: 'audit.connector.create',
  request: z.strictObject({ name, enabled: enabled.default(true), settings }).meta({ id: 'CreateConnector' }),
  reply: connector,
});

/** Newest first. */
export const listConnectors = contract({
  ...gatewayToAudit,
  subject: 'audit.connector.list',
  request: z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  reply: page(connector),
});

const byId = z.strictObject({ id: uuid });

export const getConnector = contract({
  ...gatewayToAudit,
  subject: 'audit.connector.get',
  request: byId,
  reply: connector,
});

const edits = z
  .strictObject({ name: name.optional(), enabled: enabled.optional(), settings: settings.optional() })
  .meta({ id: 'EditConnector' });

/** Fields that are left out keep their values. Settings are replaced as a whole. */
export const editConnector = {
  body: edits,
  contract: contract({
    ...gatewayToAudit,
    subject: 'audit.connector.edit',
    request: z.strictObject({ id: uuid, ...edits.shape }),
    reply: connector,
  }),
};

/** The reply is no more than the id and the last revision of the deleted connector: its settings may be unreadable. */
export const deleteConnector = contract({
  ...gatewayToAudit,
  subject: 'audit.connector.delete',
  request: byId,
  reply: z.strictObject({ id: uuid, revision: z.number().int().positive() }).meta({ id: 'DeletedConnector' }),
});

/** Has the connector tried at once, whatever it waits for. */
export const resumeConnector = {
  body: z.strictObject({}).meta({ id: 'ResumeConnector' }),
  contract: contract({
    ...gatewayToAudit,
    subject: 'audit.connector.resume',
    request: byId,
    reply: connector,
  }),
};

const test = z
  .strictObject({
    id: uuid.describe('The connector.'),
    eventId: uuid.describe('The id of the test event.'),
    seq: z.number().int().positive().describe('The place of the test event in the trail.'),
    result: z
      .enum(['delivered', 'retry', 'pause', 'poison'])
      .describe(
        '`delivered`: the receiver has the event; over syslog, it was written to the connection. `retry`: it was not taken now, and may be later. `pause`: the settings, the secrets or the receiver must be put right first. `poison`: the receiver refuses the event.',
      ),
    reason: z
      .string()
      .nullable()
      .describe(
        'What the receiver or the network has said, without the credentials of the request; null if delivered.',
      ),
    tookMs: z.number().int().nonnegative().describe('The time of the attempt, in milliseconds.'),
  })
  .meta({ id: 'ConnectorTest' });
export type ConnectorTest = z.infer<typeof test>;

/** Seals a test event and sends it to the receiver at once, beside what is delivered. */
export const testConnector = {
  body: z.strictObject({}).meta({ id: 'TestConnector' }),
  contract: contract({
    ...gatewayToAudit,
    subject: 'audit.connector.test',
    request: byId,
    reply: test,
  }),
};

const hasOneStart = ({ fromSeq, from }: { fromSeq?: number | undefined; from?: string | undefined }): boolean =>
  (fromSeq === undefined) !== (from === undefined);
const oneStart = 'send fromSeq or from';

const replayed = z
  .strictObject({
    fromSeq: z.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional().describe('The first event to repeat.'),
    from: instant.optional().describe('Repeats the events that were sealed then or later.'),
    tenantId: uuid
      .optional()
      .describe(
        'Whose events are repeated, for a connector of the platform’s own tenant. Default: those of the connector’s tenant.',
      ),
  })
  .refine(hasOneStart, oneStart)
  .meta({ id: 'ReplayConnector', ...exactlyOne('fromSeq', 'from') });

/** Has a connector deliver again what it has delivered. Each record says that it is a repeat. */
export const replayConnector = {
  body: replayed,
  contract: contract({
    ...gatewayToAudit,
    subject: 'audit.connector.replay',
    request: z.strictObject({ id: uuid, ...replayed.shape }).refine(hasOneStart, oneStart),
    reply: z
      .strictObject({
        id: uuid.describe('The connector.'),
        tenantId: uuid.describe('Whose events are repeated.'),
        fromSeq: z.number().int().positive().describe('The first event that is delivered again.'),
        untilSeq: z.number().int().positive().describe('The last event that was delivered before, and is a repeat.'),
      })
      .meta({ id: 'ConnectorReplay' }),
  }),
};
export type ConnectorReplay = z.infer<typeof replayConnector.contract.reply>;
