import { main, migrate } from '@ankasecure/service-kit';
import { schema } from './schema.js';

main('gateway', () => migrate('gateway', schema));
