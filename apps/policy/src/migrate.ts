import { main, migrate } from '@ankasecure/service-kit';
import { schema } from './schema.js';

main('policy migration', () => migrate('policy', schema));
