import { main } from '@ankasecure/service-kit/main';

main('policy', async () => (await import('./start.js')).start());
