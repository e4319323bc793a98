import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Proof {
  /** From the top of the repository. */
  readonly file: string;
  /** Words of the test's title, as the file writes them. */
  readonly title: string;
}
const proof = (file: string, title: string): Proof => ({ file, title });

const custody = 'apps/crypto-worker/src/custody/pkcs11/template.spec.ts';
const e2e = (file: string, title: string): Proof => proof(`test/e2e/${file}`, title);

/** Every threat, and the tests that show it closed. A test that is renamed or removed takes its row along. */
const threats: Readonly<Record<string, readonly Proof[]>> = {
  'wrap/decrypt conflict (Clulow)': [
    proof(custody, 'has the attributes of its template, read back'),
    proof(custody, 'Clulow’s attack'),
    proof(custody, 'is used by no key outside its allowed mechanisms'),
    e2e('bad-input/key-use.spec.ts', 'serves its purpose only'),
  ],
  'key export': [proof(custody, 'cannot be read, wrapped, changed or copied')],
  'padding oracle': [
    e2e('bad-input/mutation.spec.ts', 'are all refused alike, and each with its cause in the trail'),
    proof('apps/crypto-worker/src/custody/pkcs11/fault.spec.ts', 'is the same decryption-failed everywhere'),
    e2e('bad-input/jwe.spec.ts', "['RSA v1.5', { alg: 'RSA1_5' }]"),
  ],
  'GCM reuse': [
    e2e('bad-input/key-use.spec.ts', 'that has encrypted 2^32 messages by itself is followed by a new version'),
    e2e('vertical/envelope.spec.ts', 'never makes the same token twice'),
    proof('apps/crypto-worker/src/custody/custody.conformance.ts', 'never uses an IV twice'),
  ],
  'algorithm confusion': [
    e2e('bad-input/jws.spec.ts', 'does not choose the algorithm: a public key is no MAC key'),
    e2e('bad-input/jwe.spec.ts', 'does not choose the algorithm'),
    proof('apps/crypto-worker/src/signature/vector.spec.ts', 'it.each(rsaRows)'),
  ],
  'kid injection': [
    e2e('bad-input/jwe.spec.ts', 'names a key of this tenant, or none'),
    e2e('bad-input/jws.spec.ts', 'names a key of this tenant, or none'),
    e2e('bad-input/key-use.spec.ts', 'that cannot be one is refused'),
  ],
  'JWE bombs': [
    e2e('bad-input/jwe.spec.ts', "['zip', { zip: 'DEF' }]"),
    e2e('bad-input/jwe.spec.ts', 'a password and ten thousand million iterations'),
    e2e('bad-input/jwe.spec.ts', 'hundreds of KiB'),
    e2e('bad-input/body.spec.ts', 'refuses more than 4 MiB'),
  ],
  IDOR: [
    e2e('isolation/isolation.spec.ts', 'can be named nowhere in the API but where it is tried here'),
    e2e('isolation/isolation.spec.ts', 'are shut off in every database a second time, by row-level security'),
    proof('apps/gateway/src/route/access.spec.ts', 'to %s as %s: %s'),
  ],
  'NATS eavesdropping, spoofing': [proof('deploy/local/src/nats.spec.ts', 'threat: NATS eavesdropping, spoofing')],
  'audit tamper or loss': [
    e2e('audit/tamper.spec.ts', 'names the first bad event when somebody %s'),
    e2e('audit/tamper.spec.ts', 'is told apart by its HMACs from one that was written anew'),
    proof('test/fault/kill.spec.ts', 'lose nothing and double nothing'),
    proof('test/fault/check-history.spec.ts', 'finds %s'),
    proof(
      'test/fault/outage.spec.ts',
      'goes on until the outbox is full, refuses everything then, and recovers by itself',
    ),
  ],
  'state race': [
    e2e('policy-race/policy-race.spec.ts', 'a change that was answered 200 is in force everywhere'),
    e2e('policy-race/policy-race.spec.ts', 'it would not be, and these looks find it out'),
    e2e('bad-input/key-use.spec.ts', 'that is %s protects nothing'),
    e2e('access/grant.spec.ts', 'A grant that was taken away is in force nowhere once the answer is there'),
  ],
  'noisy tenant': [proof('apps/gateway/src/http/http.spec.ts', 'charges tenants their own quota')],
  'FIPS bypass': [e2e('vertical/policy.spec.ts', 'refuses under FIPS-only what this token does outside its boundary')],
  'secret leakage': [
    e2e('secret/canary.spec.ts', 'is in no log'),
    e2e('secret/canary.spec.ts', 'is in no trace'),
    e2e('secret/canary.spec.ts', 'is in no answer that was not meant to give it back'),
    e2e('secret/canary.spec.ts', 'is nowhere in what the databases have on disk'),
  ],
  'JWT pitfalls': [proof('apps/gateway/src/auth/authentication.spec.ts', 'refuses a token that %s, like every other')],
};

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

describe.each(Object.entries(threats))('threat: %s', (_, proofs) => {
  it.each(proofs.map(({ file, title }) => [title, file]))('is shown closed by “%s” in %s', (title, file) => {
    expect(read(file)).toContain(title);
  });
});
