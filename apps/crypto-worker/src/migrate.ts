import { main, migrate } from '@ankasecure/service-kit';
import { schema } from './schema.js';

main('crypto-worker migration', () => migrate('crypto-worker', schema));
