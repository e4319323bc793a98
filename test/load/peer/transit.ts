import { randomBytes } from 'node:crypto';
import { messageBytes } from '../operation.js';

/** One operation of OpenBao's Transit engine, under the name of ours that does the same work. */
export interface TransitOperation {
  readonly operation: string;
  readonly key: string;
  readonly type: string;
  readonly path: string;
  /** The body of a request without a batch. */
  readonly body: Readonly<Record<string, string>>;
}

const contentOf = (operation: string): string =>
  randomBytes(operation.endsWith('sign') ? messageBytes.sign : messageBytes.encrypt).toString('base64');

const signing = (operation: string, key: string, type: string, algorithm?: string): TransitOperation => ({
  operation,
  key,
  type,
  path: `/v1/transit/sign/${key}/sha2-256`,
  body: {
    input: contentOf(operation),
    ...(algorithm !== undefined && { signature_algorithm: algorithm }),
  },
});

export const transit: readonly TransitOperation[] = [
  signing('p256-sign', 'bench-p256', 'ecdsa-p256'),
  signing('rsa-2048-sign', 'bench-rsa', 'rsa-2048', 'pkcs1v15'),
  signing('rsa-pss-sign', 'bench-rsa', 'rsa-2048', 'pss'),
  {
    operation: 'aes-dir-encrypt',
    key: 'bench-aes',
    type: 'aes256-gcm96',
    path: '/v1/transit/encrypt/bench-aes',
    body: { plaintext: contentOf('aes-dir-encrypt') },
  },
];

/** The body of a request. The signature algorithm and other options are beside `batch_input`, the data is inside. */
export const bodyOf = ({ body }: TransitOperation, batch: number): string => {
  if (batch === 1) return JSON.stringify(body);
  const { input, plaintext, ...rest } = body;
  const data = input === undefined ? { plaintext } : { input };
  return JSON.stringify({ ...rest, batch_input: Array.from({ length: batch }, () => data) });
};
