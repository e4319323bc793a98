import { main, migrate } from '@ankasecure/service-kit';
import { schema } from './schema.js';

main('gateway migration', () => migrate('gateway', schema));
