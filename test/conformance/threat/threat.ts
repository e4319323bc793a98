export interface Proof {
  /** From the top of the repository. */
  readonly file: string;
  /** Words of the test's title, as the file writes them. */
  readonly title: string;
}
const proof = (file: string, title: string): Proof => ({ file, title });

const custody = 'apps/crypto-worker/src/custody/pkcs11/template.spec.ts';
const issuer = 'apps/gateway/src/issuer/issuer.spec.ts';
const account = 'apps/gateway/src/service-account/service-account.spec.ts';
const e2e = (file: string, title: string): Proof => proof(`test/e2e/${file}`, title);

export interface Threat {
  readonly control: string;
  readonly proofs: readonly Proof[];
}

/** Every threat, what is done about it, and the tests that show it closed. A test that is renamed or removed takes its row along. */
export const threats: Readonly<Record<string, Threat>> = {
  'wrap/decrypt conflict (Clulow)': {
    control:
      "One purpose per key. Templates are the worker's own, MODIFIABLE is false, ALLOWED_MECHANISMS is set where the token honours it.",
    proofs: [
      proof(custody, 'has the attributes of its template, read back'),
      proof(custody, 'Clulow’s attack'),
      proof(custody, 'is used by no key outside its allowed mechanisms'),
      e2e('bad-input/key-use.spec.ts', 'serves its purpose only'),
    ],
  },
  'key export': {
    control: 'SENSITIVE, and not EXTRACTABLE. A KEK wraps and unwraps and does nothing else.',
    proofs: [proof(custody, 'cannot be read, wrapped, changed or copied')],
  },
  'padding oracle': {
    control: 'No RSA PKCS #1 v1.5 decryption. Every failure of decryption is one answer, in status, body and code.',
    proofs: [
      e2e('bad-input/mutation.spec.ts', 'are all refused alike, and each with its cause in the trail'),
      proof('apps/crypto-worker/src/custody/pkcs11/fault.spec.ts', 'is the same decryption-failed everywhere'),
      e2e('bad-input/jwe.spec.ts', "['RSA v1.5', { alg: 'RSA1_5' }]"),
    ],
  },
  'GCM reuse': {
    control:
      "A fresh content key per message. Where a key encrypts directly, the HSM's IV and a durable count of 2^32 per version.",
    proofs: [
      e2e('bad-input/key-use.spec.ts', 'that has encrypted 2^32 messages by itself is followed by a new version'),
      e2e('vertical/envelope.spec.ts', 'never makes the same token twice'),
      proof('apps/crypto-worker/src/custody/custody.conformance.ts', 'never uses an IV twice'),
    ],
  },
  'algorithm confusion': {
    control: "The algorithm is that of the key's record, never that of a token's header.",
    proofs: [
      e2e('bad-input/jws.spec.ts', 'does not choose the algorithm: a public key is no MAC key'),
      e2e('bad-input/jwe.spec.ts', 'does not choose the algorithm'),
      proof('apps/crypto-worker/src/signature/vector.spec.ts', 'it.each(rsaRows)'),
    ],
  },
  'kid injection': {
    control: 'Ids are UUIDs, looked up as (tenant, id).',
    proofs: [
      e2e('bad-input/jwe.spec.ts', 'names a key of this tenant, or none'),
      e2e('bad-input/jws.spec.ts', 'names a key of this tenant, or none'),
      e2e('bad-input/key-use.spec.ts', 'that cannot be one is refused'),
    ],
  },
  'JWE bombs': {
    control: 'No zip, no p2c; headers, tokens and bodies are bounded before they are taken apart.',
    proofs: [
      e2e('bad-input/jwe.spec.ts', "['zip', { zip: 'DEF' }]"),
      e2e('bad-input/jwe.spec.ts', 'a password and ten thousand million iterations'),
      e2e('bad-input/jwe.spec.ts', 'hundreds of KiB'),
      e2e('bad-input/body.spec.ts', 'refuses more than 4 MiB'),
    ],
  },
  IDOR: {
    control:
      "The tenant is the verified token's and nothing else; every table's key begins with it; row-level security is a second wall.",
    proofs: [
      e2e('isolation/isolation.spec.ts', 'can be named nowhere in the API but where it is tried here'),
      e2e('isolation/isolation.spec.ts', 'are shut off in every database a second time, by row-level security'),
      proof('apps/gateway/src/routes/access.spec.ts', 'to %s as %s: %s'),
    ],
  },
  'NATS eavesdropping, spoofing': {
    control: 'TLS, an nkey per service, everything denied that no contract allows, a private inbox prefix.',
    proofs: [proof('deploy/local/src/nats.spec.ts', 'threat: NATS eavesdropping, spoofing')],
  },
  'audit tamper or loss': {
    control:
      'Nothing is released before its event is committed. Every event has an HMAC under a key of the HSM, a place without gaps and a link to the one before.',
    proofs: [
      e2e('audit/tamper.spec.ts', 'names the first bad event when somebody %s'),
      e2e('audit/tamper.spec.ts', 'is told apart by its HMACs from one that was written anew'),
      proof('test/fault/kill.spec.ts', 'lose nothing and double nothing'),
      proof('test/fault/check-history.spec.ts', 'finds %s'),
      proof(
        'test/fault/outage.spec.ts',
        'goes on until the outbox is full, refuses everything then, and recovers by itself',
      ),
    ],
  },
  'state race': {
    control:
      'The commit of an outcome is fenced: it is written only while key version and policy are what it was decided on.',
    proofs: [
      e2e('policy-race/policy-race.spec.ts', 'a change that was answered 200 is in force everywhere'),
      e2e('policy-race/policy-race.spec.ts', 'it would not be, and these looks find it out'),
      e2e('bad-input/key-use.spec.ts', 'that is %s protects nothing'),
      e2e('access/grant.spec.ts', 'A grant that was taken away is in force nowhere once the answer is there'),
    ],
  },
  'insider alone': {
    control:
      'Where the tenant’s policy wants two people, whoever does the deed asks for both, and the policy that says so, and the issuers that say who people are, are changed by two.',
    proofs: [
      e2e('access/four-eyes.spec.ts', 'threat: insider alone'),
      e2e('access/four-eyes.spec.ts', 'an application is none: it neither asks nor approves'),
      proof('libs/policy-rules/src/property.spec.ts', 'by every policy that does not relax the one before'),
      proof('apps/gateway/src/approval/approval.spec.ts', 'never has one person for both'),
    ],
  },
  'noisy tenant': {
    control:
      'Quotas per tenant and per key; bounded queues, in which tenants take turns; a lane left for who has none.',
    proofs: [
      proof('apps/gateway/src/http/http.spec.ts', 'charges tenants their own quota'),
      proof('apps/gateway/src/http/http.spec.ts', 'lets a tenant have so many requests under way'),
      proof(account, 'keeps nobody out meanwhile who is let in'),
      proof('apps/crypto-worker/src/quota/quotas.spec.ts', 'a key does a burst, then so many operations a second'),
      proof('apps/crypto-worker/src/custody/pkcs11/lane/job-queue.spec.ts', 'lets tenants take turns'),
      proof('apps/crypto-worker/src/custody/pkcs11/fault.spec.ts', 'has a lane for who asks now and then'),
    ],
  },
  'FIPS bypass': {
    control: 'The policy decides at every use, not at creation only.',
    proofs: [e2e('vertical/policy.spec.ts', 'refuses under FIPS-only what this token does outside its boundary')],
  },
  'secret leakage': {
    control: 'PINs come from files; logs are redacted; a secret is in no event, trace or error.',
    proofs: [
      e2e('secret/canary.spec.ts', 'is in no log'),
      e2e('secret/canary.spec.ts', 'is in no trace'),
      e2e('secret/canary.spec.ts', 'is in no answer that was not meant to give it back'),
      e2e('secret/canary.spec.ts', 'is nowhere in what the databases have on disk'),
    ],
  },
  'JWT pitfalls': {
    control:
      "Algorithms are allowed per issuer; iss, aud, exp and nbf are required; keys come from the issuer's own set.",
    proofs: [
      proof('apps/gateway/src/auth/authentication.spec.ts', 'refuses a token that %s, like every other'),
      proof(issuer, 'goes by its algorithms, and never by a shared secret'),
      proof(issuer, 'speaks for the tenant that named it alone'),
    ],
  },
  'weak issuer': {
    control:
      'A tenant’s issuer gives the roles it may give, and names stand behind its prefix. Two speak for one subject only where somebody said so. Every event names the issuer, and every change of one what was changed.',
    proofs: [
      proof(issuer, 'do not speak for the same people: names stand behind a prefix, which is one’s own'),
      proof(issuer, 'do not share the prefix %j unless one says so, whichever it is'),
      proof(issuer, 'do not take over what the other was answered under its Idempotency-Key'),
      proof(issuer, 'says what was changed of it, and what that was'),
    ],
  },
  'revoked caller': {
    control:
      'Shutting somebody out is answered when no gateway lets his tokens in and nothing is under way for him any more.',
    proofs: [
      proof(account, 'is shut out of every gateway when the answer is there'),
      proof(account, 'does nothing more that it began before'),
      proof(account, 'has nothing under way any more when the answer is there'),
    ],
  },
  'flood of made-up tokens': {
    control:
      'What a token claims before it is proved costs one look into the database per tenant and epoch, a few at once, and pushes nothing true out of memory; a provider that is away is asked once in ten seconds.',
    proofs: [
      proof(
        'apps/gateway/src/identity/claimed-tenants.spec.ts',
        'is read once in an epoch, whether there is something',
      ),
      proof('apps/gateway/src/identity/claimed-tenants.spec.ts', 'is kept however many tenants are made up'),
      proof('apps/gateway/src/issuer/discovered-keys.spec.ts', 'is asked for by one in ten seconds while it fails'),
    ],
  },
  'manager who helps himself': {
    control:
      'Whoever manages a key by a grant gives no right on it to himself or to a group of his, nor to any group by a token that names none.',
    proofs: [
      e2e('access/grant.spec.ts', 'to manage lets nobody grant himself the uses'),
      proof('apps/crypto-worker/src/access/access.spec.ts', 'who manages a key by a grant'),
    ],
  },
};
