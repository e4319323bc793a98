import { main, migrate } from '@ankasecure/service-kit';
import * as migrations from './migrations/index.js';

main('audit migration', () => migrate('audit', { entities: [], migrations: Object.values(migrations) }));
