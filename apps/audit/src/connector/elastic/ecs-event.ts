import type { DeliveredEvent } from '../connector.js';

type Category = 'api' | 'configuration' | 'iam';
type Kind = 'access' | 'change' | 'creation' | 'deletion' | 'info';

/** The category of an operation by its first word (ECS `event.category`). Uses of keys are calls of an API; the rest changes settings. */
const categories: Readonly<Record<string, Category>> = {
  sign: 'api',
  verify: 'api',
  encrypt: 'api',
  decrypt: 'api',
  encapsulate: 'api',
  decapsulate: 'api',
  access: 'iam',
  approval: 'iam',
  identity: 'iam',
  issuer: 'iam',
  'service-account': 'iam',
  subject: 'iam',
  token: 'iam',
};

/** The type of an operation by its last word (ECS `event.type`). */
const kinds: Readonly<Record<string, Kind>> = {
  create: 'creation',
  import: 'creation',
  delete: 'deletion',
  destroy: 'deletion',
};

/** The types that ECS allows beside `iam` do not have `access`. */
const kindOf = (category: Category, operation: string): Kind => {
  const words = operation.split('.');
  const kind = kinds[words.at(-1) ?? ''];
  if (kind !== undefined) return kind;
  if (words.length > 1) return 'change';
  return category === 'iam' ? 'info' : 'access';
};

/** An event in the Elastic Common Schema 8. What the schema has no name for is below `ankasecure`. */
export const ecsEvent = (event: DeliveredEvent): Readonly<Record<string, unknown>> => {
  const operation = event.operation.replace(/^dry-run\./, '');
  const [first = ''] = operation.split('.');
  const category = categories[first] ?? 'configuration';
  return {
    '@timestamp': event.occurredAt,
    ecs: { version: '8.17.0' },
    event: {
      kind: 'event',
      category: [category],
      type: [kindOf(category, operation)],
      action: event.operation,
      outcome: event.outcome,
      id: event.eventId,
      sequence: event.seq,
      hash: event.hash,
      created: event.sealedAt,
      module: 'ankasecure',
      dataset: 'ankasecure.audit',
      ...(event.failureCode !== null && { reason: event.failureCode }),
    },
    user: { id: event.userId },
    organization: { id: event.tenantId },
    trace: { id: event.correlationId },
    ankasecure: {
      key_id: event.keyId,
      algorithm: event.algorithm,
      details: event.details,
      previous_hash: event.previousHash,
      mac_key_id: event.macKeyId,
      hmac: event.hmac,
      repeat: event.repeat === true,
    },
  };
};
