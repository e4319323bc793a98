import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Received, Reply } from './https-receiver.js';

/** A receiver of Standard Webhooks that verifies as the specification's libraries do: id, time within five minutes, one good signature. */
export class WebhookEmulator {
  secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  private readonly ids: string[] = [];

  readonly handle = ({ headers, body }: Received): Reply => {
    const id = String(headers['webhook-id']);
    const timestamp = String(headers['webhook-timestamp']);
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return { status: 401 };
    const key = Buffer.from(this.secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body.toString()}`).digest();
    const signatures = String(headers['webhook-signature']).split(' ');
    const isSigned = signatures.some((one) => {
      const [version, signature = ''] = one.split(',');
      const bytes = Buffer.from(signature, 'base64');
      return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
    if (!isSigned) return { status: 401 };
    const { data } = JSON.parse(body.toString()) as { data: { eventId: string } };
    if (data.eventId !== id) return { status: 422 };
    this.ids.push(id);
    return { status: 200, body: 'thank you' };
  };

  readonly events = (): string[] => this.ids;

  readonly expire = (): void => {
    this.secret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  };
}
