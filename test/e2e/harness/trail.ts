import type { SealedEvent, verifyTrail } from '@ankasecure/contracts';
import type { Client } from './client.js';
import { eventually } from './wait.js';

export type Verification = ReturnType<typeof verifyTrail.reply.parse>;

interface Page {
  readonly items: readonly SealedEvent[];
  readonly next: string | null;
}

/** All sealed events that match, oldest first. @param filter query parameters */
export const eventsOf = async (
  client: Client,
  filter: Readonly<Record<string, string>> = {},
): Promise<SealedEvent[]> => {
  const events: SealedEvent[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ ...filter, order: 'asc', limit: '200', ...(cursor !== '' && { cursor }) });
    const page: Page = await client.get<Page>(`/audit/events?${query.toString()}`);
    events.push(...page.items);
    cursor = page.next;
  }
  return events;
};

/** Waits until `count` events of one request are sealed, and returns them. */
export const sealedEvents = (client: Client, correlationId: string, count = 1): Promise<SealedEvent[]> =>
  eventually(`sealing ${count} events of ${correlationId}`, async () => {
    const events = await eventsOf(client, { correlationId });
    return events.length >= count && events;
  });

export const verification = (client: Client, range: object = {}): Promise<Verification> =>
  client.post<Verification>('/audit/verify', range);
