import { main, migrate } from '@ankasecure/service-kit';
import * as migrations from './migrations/index.js';

main('crypto-worker migration', () =>
  migrate('crypto-worker', { entities: [], migrations: Object.values(migrations) }),
);
