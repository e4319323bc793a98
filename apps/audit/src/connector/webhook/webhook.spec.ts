import { describe, expect, it } from 'vitest';
import { describeHttpConnector } from '../connector.conformance.js';
import { WebhookEmulator } from '../testing/webhook-emulator.js';
import { openWebhook } from './webhook.connector.js';
import { signatureHeaders, signingKeyOf } from './webhook-signature.js';

const { secret } = new WebhookEmulator();

describeHttpConnector('a webhook', {
  emulate: () => new WebhookEmulator(),
  open: ({ url, tls, ...connecting }) =>
    openWebhook({
      admit: () => undefined,
      now: () => Date.now(),
      settings: { kind: 'webhook', url: `${url}/hooks?of=anka`, signing: ['next', 'current'], tls },
      ...connecting,
    }),
  // The one that replaces the other is not known to the receiver yet.
  secrets: { current: secret, next: `whsec_${Buffer.alloc(24, 9).toString('base64')}` },
  readsAnswers: false,
  answers: [
    ['204', { status: 204 }, { result: 'delivered' }],
    ['202 with anything', { status: 202, body: '<html>' }, { result: 'delivered' }],
    ['400', { status: 400 }, { result: 'poison' }],
    ['422', { status: 422 }, { result: 'poison' }],
    ['410, for good', { status: 410 }, { result: 'pause' }],
  ],
});

describe('the signature of a webhook', () => {
  it('is the one of the specification’s example', () => {
    // standard-webhooks/standard-webhooks, libraries: the vector that all of them test.
    const key = signingKeyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const body = Buffer.from('{"test": 2432232314}');
    expect(signatureHeaders([key], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each(['', 'whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_short', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS?'])(
    'has no key in %j, and the refusal does not tell it',
    (text) => {
      expect(() => signingKeyOf(text)).toThrow(
        /^The signing secret must be whsec_ and the base64 of 24 to 64 bytes\.$/,
      );
    },
  );
});
