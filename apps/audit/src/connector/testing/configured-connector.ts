import { auditEvent, newId, recordDetails, type SettingsOf } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { AppendEvents } from '../../event/append-events.js';
import { contextOf, type RunningAudit } from '../../testing/running-audit.js';
import { ConnectorRecord, connectorDigest } from '../store/connector.entity.js';

export const anySettings: SettingsOf<'splunk'> = {
  kind: 'splunk',
  url: 'https://splunk.test:8088',
  token: 'token',
  acknowledged: false,
  sourcetype: 'ankasecure:audit',
  host: 'ankasecure',
  tls: {},
};

let lastRevision = Date.now() * 1000;

/** A form of a connector that nothing has named yet. */
export const recordOf = (tenantId: string, over: Partial<ConnectorRecord> = {}): ConnectorRecord =>
  Object.assign(new ConnectorRecord(), {
    tenantId,
    id: newId(),
    revision: lastRevision++,
    name: 'soc',
    enabled: true,
    settings: anySettings,
    createdBy: 'spec',
    createdAt: new Date('2026-11-30T10:00:00.000Z'),
    ...over,
  });

export const storeRecord = async (audit: RunningAudit, record: ConnectorRecord): Promise<void> => {
  const [one] = audit.instances;
  if (one === undefined) throw new Error('no process');
  await withTenant(one.dataSource, record.tenantId, (manager) => manager.insert(ConnectorRecord, record));
};

/** Has the trail name the form of a connector. */
export const nameRecord = async (audit: RunningAudit, record: ConnectorRecord, isDeleted = false): Promise<void> => {
  const { tenantId, id, revision } = record;
  const context = contextOf(tenantId);
  const digest = isDeleted ? null : connectorDigest(record);
  const details = recordDetails([{ kind: 'connector', id, revision, digest }]);
  await audit.instances[0]?.app
    .get(AppendEvents)
    .sealOwn(context, auditEvent(context, { operation: 'connector.put', details }));
};

/** Configures a connector as the service does. */
export const configure = async (audit: RunningAudit, record: ConnectorRecord): Promise<ConnectorRecord> => {
  await storeRecord(audit, record);
  await nameRecord(audit, record);
  return record;
};
