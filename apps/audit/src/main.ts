import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { AuditModule } from './audit.module.js';
import { auditConfig } from './config.js';

main('audit', () =>
  startService({
    service: 'audit',
    config: loadConfig(auditConfig),
    schema: { entities: [], migrations: [] },
    module: AuditModule,
    outbox: 'none',
  }),
);
