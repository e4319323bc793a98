export interface Proof {
  /** The path from the root of the repository. */
  readonly file: string;
  /** Part of the test's title, as it stands in the file. */
  readonly title: string;
}
const proof = (file: string, title: string): Proof => ({ file, title });

const custody = 'apps/crypto-worker/src/custody/pkcs11/kind/template.spec.ts';
const forged = 'apps/crypto-worker/src/custody/pkcs11/forged-record.spec.ts';
const roles = 'apps/crypto-worker/src/migrations/partition-role.spec.ts';
const keks = 'apps/crypto-worker/src/kek/rewrap-keys.spec.ts';
const issuer = 'apps/gateway/src/issuer/issuer.spec.ts';
const account = 'apps/gateway/src/service-account/service-account.spec.ts';
const anchor = 'apps/audit/src/anchor/trail-guard.spec.ts';
const acceptance = 'apps/audit/src/acceptance/accept-trails.spec.ts';
const e2e = (file: string, title: string): Proof => proof(`test/e2e/${file}`, title);

export interface Threat {
  readonly control: string;
  readonly proofs: readonly Proof[];
}

/** Every threat, its control, and the tests that show it closed. If a test is renamed or removed, its row must change too. */
export const threats: Readonly<Record<string, Threat>> = {
  'wrap/decrypt conflict (Clulow)': {
    control:
      'A key has one purpose. The worker alone chooses templates, MODIFIABLE is false, and ALLOWED_MECHANISMS is set where the token honours it.',
    proofs: [
      proof(custody, 'has the attributes of its template, read back'),
      proof(custody, 'Clulow’s attack'),
      proof(custody, 'is used by no key outside its allowed mechanisms'),
      e2e('bad-input/key-use.spec.ts', 'serves only its purpose'),
    ],
  },
  'key export': {
    control:
      'Keys are SENSITIVE and not EXTRACTABLE. A KEK only wraps and unwraps, and what it unwraps cannot be read. Non-goals above say what remains.',
    proofs: [
      proof(custody, 'cannot be read, wrapped, changed or copied'),
      proof(custody, 'unwraps to unreadable keys only'),
      proof(custody, 'lets whoever commands the session take a wrapped key away, and no other'),
    ],
  },
  'a record that points at another object': {
    control:
      'Label and CKA_ID of every object name partition, tenant, key, version and role. They are compared, with class, type and rights, when an object is first found. A platform key must have been made in the token. Nothing is done with an object that differs, and nothing is destroyed.',
    proofs: [
      proof(forged, 'does not sign, not even if the object was used before under its own name'),
      proof(forged, 'gets no MAC from the audit key, the blob key or another tenant’s key'),
      proof(forged, 'imports nothing under a KEK, or under another tenant’s import key'),
      proof(forged, 'takes the tenant’s KEK, and no key that an attacker has imported'),
      proof(forged, 'destroys nothing'),
    ],
  },
  'a worker of another partition': {
    control:
      'Each partition’s workers have a database role of their own, which sees the tenants of that partition only.',
    proofs: [
      proof(roles, 'read their own rows of %s, and none of the other’s'),
      proof(roles, 'get nothing of the other from any function that bypasses row-level security'),
      proof(roles, 'write nothing for a tenant of the other, and nothing in the other’s name'),
    ],
  },
  'a lost or older database': {
    control:
      'No platform key is made while the token holds one of its name that no record names. A KEK that a rotation made since the backup is taken over by the next rotation. A replaced KEK is kept for as long as backups are, and used for nothing but rewrapping what came back from one.',
    proofs: [
      proof(
        'apps/crypto-worker/src/platform-key/unrecorded-key.spec.ts',
        'stops the making of another one, and says so',
      ),
      proof('test/drill/kek-drill.spec.ts', 'is brought up to date, and the KEK can be rotated again'),
      proof(keks, 'destroys a retired KEK when the horizon of backups has passed, and no other'),
      proof(keks, 'keeps a retired KEK that a key from a backup needs, and the next rotation recovers that key'),
      proof('apps/crypto-worker/src/key/recovery.spec.ts', 'is recoverable until its retired KEK is destroyed'),
    ],
  },
  'a wrong clock': {
    control:
      'What cannot be undone, and what is fenced, is decided by the database’s clock inside its transaction. A process whose date differs by more than a bound decides nothing, raises an alarm and is not ready. Nor is the database believed alone: its owner can replace now(), so a transaction’s time that differs from the process’s clock is refused, and each date is read from the sealed record. See [clock.md](../../../libs/service-kit/src/clock/clock.md).',
    proofs: [
      e2e('clock/clock.spec.ts', 'destroys nothing whose waiting period is not over'),
      e2e('clock/clock.spec.ts', 'skips no rotation'),
      proof(
        'apps/crypto-worker/src/life/due/destroy-due.spec.ts',
        'does not happen by a clock that the owner has put forward',
      ),
      proof('apps/crypto-worker/src/life/due/destroy-due.spec.ts', 'does not happen before the date of the record'),
      proof('apps/crypto-worker/src/life/due/rotate-due.spec.ts', 'whatever the database’s owner lists as due'),
      proof('libs/testing/src/database/data-source.spec.ts', 'does not look for names where the settings of its role'),
      e2e('clock/clock.spec.ts', 'answers 503 and not 504, says so, and recovers'),
      e2e('clock/clock.spec.ts', 'releases nothing after deactivateAt'),
      proof('apps/crypto-worker/src/operation/release.spec.ts', 'are thrown away if their key is deactivated'),
    ],
  },
  'forged record': {
    control:
      'Each record that decides carries an HMAC under a key that exists in the token alone, and is checked where it is loaded. A record that the platform did not write, or that was not asked for, is used for nothing and raises an alarm. See [record-seals.md](../../../apps/crypto-worker/src/record/record-seals.md).',
    proofs: [
      proof(
        'apps/crypto-worker/src/record/every-column.spec.ts',
        'is refused with another value, with none, and without its seal',
      ),
      proof(
        'apps/crypto-worker/src/record/every-column.spec.ts',
        'is refused where another record was asked for, however genuine it is',
      ),
      proof(
        'apps/crypto-worker/src/record/record-key.spec.ts',
        'is not made where sealed records stand: the token is not theirs',
      ),
      proof('apps/crypto-worker/src/record/adoption.spec.ts', 'is never sealed on a token that'),
      proof(
        'apps/gateway/src/record/unsealed-record.spec.ts',
        'is never sealed otherwise, and raises the alarm at the start',
      ),
      proof('apps/policy/src/tenancy/unsealed-record.spec.ts', 'is never sealed, and raises the alarm at the start'),
      e2e(
        'record/forged-record.spec.ts',
        'cannot point a key at the object of another tenant’s key, or of a platform key',
      ),
      e2e('record/forged-record.spec.ts', 'cannot put in a public key of its own, wherever public keys are read'),
      e2e('record/forged-record.spec.ts', 'cannot bring a compromised key back, or change what a key is for'),
      e2e('record/forged-record.spec.ts', 'cannot have keys rewrapped under a KEK of its own'),
      e2e('record/forged-record.spec.ts', 'cannot have an object destroyed, by an intent or by an earlier date'),
    ],
  },
  'padding oracle': {
    control: 'RSA PKCS #1 v1.5 decryption does not exist. Every failed decryption has the same status, body and code.',
    proofs: [
      e2e('bad-input/mutation.spec.ts', 'all get the same refusal, and the trail has the cause of each'),
      proof('apps/crypto-worker/src/custody/pkcs11/fault.spec.ts', 'is the same decryption-failed everywhere'),
      e2e('bad-input/jwe.spec.ts', "['RSA v1.5', { alg: 'RSA1_5' }]"),
    ],
  },
  'GCM reuse': {
    control:
      'Each message has a fresh content key. If a key encrypts directly, the HSM generates the IV and a durable counter limits a version to 2^32 messages.',
    proofs: [
      e2e('bad-input/key-use.spec.ts', 'that has encrypted 2^32 messages is rotated automatically'),
      e2e('vertical/envelope.spec.ts', 'never creates the same JWE twice'),
      proof('apps/crypto-worker/src/custody/custody.conformance.ts', 'never uses an IV twice'),
    ],
  },
  'algorithm confusion': {
    control: "The algorithm comes from the key's record, never from a token's header.",
    proofs: [
      e2e('bad-input/jws.spec.ts', 'does not choose the algorithm: a public key is not a MAC key'),
      e2e('bad-input/jwe.spec.ts', 'does not choose the algorithm'),
      proof('apps/crypto-worker/src/signature/vector.spec.ts', 'it.each(rsaRows)'),
    ],
  },
  'kid injection': {
    control: 'Ids are UUIDs and are looked up as (tenant, id).',
    proofs: [
      e2e('bad-input/jwe.spec.ts', 'names only keys of this tenant'),
      e2e('bad-input/jws.spec.ts', 'names only keys of this tenant'),
      e2e('bad-input/key-use.spec.ts', 'that cannot be one is refused'),
    ],
  },
  'JWE bombs': {
    control: 'zip and p2c are refused. Headers, tokens and bodies are limited before they are parsed.',
    proofs: [
      e2e('bad-input/jwe.spec.ts', "['zip', { zip: 'DEF' }]"),
      e2e('bad-input/jwe.spec.ts', 'a password and ten thousand million iterations'),
      e2e('bad-input/jwe.spec.ts', 'hundreds of KiB'),
      e2e('bad-input/body.spec.ts', 'refuses more than 4 MiB'),
    ],
  },
  IDOR: {
    control:
      "The tenant comes from the verified token alone. Every table's key begins with the tenant, and row-level security is a second wall.",
    proofs: [
      e2e('isolation/isolation.spec.ts', 'can be named in no part of the API that is not tested here'),
      e2e('isolation/isolation.spec.ts', 'are protected in every database a second time, by row-level security'),
      proof('apps/gateway/src/routes/access.spec.ts', 'to %s as %s: %s'),
    ],
  },
  'NATS eavesdropping, spoofing': {
    control:
      'The bus uses TLS, an nkey per service and a private inbox prefix, and denies everything that no contract allows.',
    proofs: [proof('deploy/local/src/nats.spec.ts', 'threat: NATS eavesdropping, spoofing')],
  },
  'audit tamper or loss': {
    control:
      'A result is released only after its event is committed. Every event has an HMAC under a key that the HSM derives or holds, a gapless sequence number and a link to the event before it.',
    proofs: [
      e2e('audit/tamper.spec.ts', 'names the first bad event when an attacker %s'),
      e2e('audit/tamper.spec.ts', 'differs by its HMACs from a trail that an attacker rewrote'),
      proof('test/fault/kill.spec.ts', 'lose nothing and duplicate nothing'),
      proof('test/fault/check-history.spec.ts', 'finds %s'),
      proof(
        'test/fault/outage.spec.ts',
        'continues until the outbox is full, then refuses everything, and recovers by itself',
      ),
    ],
  },
  'an audit trail that was rolled back': {
    control:
      'The HSM holds an anchor over all trails. A trail that does not continue it, or what an audit process has sealed, is refused, also if it is longer. What is sealed is read back before it is committed. An operator can accept a restored trail only if its chain and MACs hold, and is on record for it.',
    proofs: [
      proof(anchor, 'refuses a trail that was rolled back together with its head'),
      proof(anchor, 'refuses a database without the trail of a tenant'),
      proof(
        'apps/audit/src/anchor/sealed-ends.spec.ts',
        'is anchored, and raises an alarm, while the database tells frozen heads',
      ),
      proof('apps/audit/src/end/trail-descent.spec.ts', 'that leaves it $where and is $than: $who'),
      proof('apps/audit/src/event/read-back.spec.ts', 'is not sealed by one that %s'),
      proof(
        'apps/audit/src/event/read-back.spec.ts',
        'is missed by the process that sealed it, if it is deleted at the commit',
      ),
      proof(acceptance, 'refuses a trail that was changed, with its first bad event'),
      proof(acceptance, 'is taken over by every process'),
    ],
  },
  'false report': {
    control:
      'Each service reports on a bus subject of its own, and each partition’s workers on theirs. The audit service seals who reported an event, and refuses what the reporter may not report: another service’s operation, or another partition’s tenant.',
    proofs: [
      proof('libs/contracts/src/contracts.spec.ts', 'let each reporter append under its own name alone'),
      proof('apps/audit/src/reporter/report.spec.ts', 'cannot be made in another’s name: the bus refuses the subject'),
      proof('apps/audit/src/reporter/report.spec.ts', 'is refused if a worker’s partition is not the tenant’s'),
      e2e('trail/record.spec.ts', 'every event names the service that reported it'),
    ],
  },
  'events forged, changed or deleted before they are sealed': {
    control:
      'Each event in an outbox carries a MAC of the process that wrote it, under a key that the HSM derives. The audit service refuses an event without it, and a process misses its events that were deleted, quarantined or hidden.',
    proofs: [
      proof('apps/audit/src/intake/receive-events.spec.ts', 'is refused if %s was changed'),
      proof('libs/testing/src/outbox/lost-events.spec.ts', 'because its database’s owner took it away %s'),
      proof('libs/testing/src/outbox/lost-events.spec.ts', 'because it was hidden as it was written raises the alarm'),
      proof('libs/testing/src/outbox/lost-events.spec.ts', 'is as old as this process knows, whatever its row says'),
      proof('libs/testing/src/outbox/outbox.spec.ts', 'sets a row aside that is larger than any of ours'),
      proof('apps/audit/src/event/read-back.spec.ts', 'does not count as sealed by a planted row with %s'),
      e2e('outbox/outbox-attack.spec.ts', 'cannot have an event sealed that the service did not write, or not so'),
      e2e('outbox/outbox-attack.spec.ts', 'is found out after deleting a row'),
      e2e('outbox/outbox-attack.spec.ts', 'a forged subject.readmit does not let a subject in again'),
    ],
  },
  'flood of the trail': {
    control:
      'Identical refusals of a request are one event with their number, and so are those that a caller repeats. Quotas charge the items of a batch. A tenant may hold at most as many waiting events as stay free, and deliveries take turns among tenants.',
    proofs: [
      e2e('trail/record.spec.ts', '2 KB without any right do not fill the trail'),
      proof('apps/gateway/src/audit/refusal-fold.spec.ts', 'fold beyond the burst, however many they are'),
      proof('apps/gateway/src/quota/batch.spec.ts', 'is charged for every item of a batch'),
      proof(
        'libs/testing/src/outbox/outbox.spec.ts',
        'refuses a greedy tenant at half of the room, and another tenant not',
      ),
      proof('libs/testing/src/outbox/outbox.spec.ts', 'delivers a tenant’s few events before another’s backlog'),
    ],
  },
  'act off the record': {
    control:
      'An event that could never be sealed fails in the transaction of its action. A call that changes nothing is on record too, and so is everything that a caller with a genuine token is refused.',
    proofs: [
      e2e('trail/limit.spec.ts', 'has a call for every route that changes something or uses a key'),
      e2e('trail/record.spec.ts', 'of two rotations of the KEK at once, each has its event'),
      e2e('trail/record.spec.ts', 'a refused change is on record, whichever service refuses it'),
      proof('apps/gateway/src/routes/refusals.spec.ts', 'of any route %s is on record'),
      proof('libs/testing/src/outbox/outbox.spec.ts', 'commits no action whose event could never be sealed'),
    ],
  },
  'state race': {
    control:
      'The commit of an outcome is fenced: it succeeds only if the key version and the policy are still those that the decision was based on.',
    proofs: [
      e2e('policy-race/policy-race.spec.ts', 'a change that was answered 200 is in force everywhere'),
      e2e('policy-race/policy-race.spec.ts', 'it would not be, and these observations detect it'),
      e2e('bad-input/key-use.spec.ts', 'that is %s does not protect data'),
      e2e('access/grant.spec.ts', 'A deleted grant is in force nowhere after the answer'),
    ],
  },
  'insider alone': {
    control:
      'Where the tenant’s policy requires two people, the service that owns the operation demands both. Two people are also needed to relax that policy and to change the issuers that say who people are.',
    proofs: [
      e2e('access/four-eyes.spec.ts', 'threat: insider alone'),
      e2e('access/four-eyes.spec.ts', 'a service account counts as nobody: it can neither request nor approve'),
      proof('libs/policy-rules/src/property.spec.ts', 'under every policy that does not relax the one before'),
      proof('apps/gateway/src/approval/approval.spec.ts', 'never names one person as both requester and approver'),
      proof(
        'apps/gateway/src/approval/approval.spec.ts',
        'through an issuer that can give the same names as another, nor requested through one',
      ),
    ],
  },
  'noisy tenant': {
    control:
      'Quotas apply per tenant and per key. Tenants take turns in bounded queues, and one lane stays free for tenants that have none.',
    proofs: [
      proof('apps/gateway/src/http/http.spec.ts', 'charges each tenant’s own quota'),
      proof('apps/gateway/src/http/http.spec.ts', 'limits a tenant’s concurrent requests'),
      proof(account, 'delays no admission of others while its own work ends'),
      proof('apps/crypto-worker/src/quota/quotas.spec.ts', 'a key does a burst, then so many operations a second'),
      proof('apps/crypto-worker/src/custody/pkcs11/lane/job-queue.spec.ts', 'lets tenants take turns'),
      proof('apps/crypto-worker/src/custody/pkcs11/fault.spec.ts', 'has a lane for a tenant with few requests'),
    ],
  },
  'FIPS bypass': {
    control:
      'The policy is evaluated at every use, not only at creation. An approved algorithm, its place in the module’s certificate and that certificate’s validity today are three verdicts; a policy says how many it asks for.',
    proofs: [
      e2e('vertical/policy.spec.ts', 'refuses with FIPS-only every step that this token leaves outside its boundary'),
      e2e(
        'vertical/policy.spec.ts',
        'refuses every use where FIPS-only asks for a certificate of the module and none is known',
      ),
      proof('libs/policy-rules/src/module-verdict.spec.ts', 'have three verdicts, which policies ask for'),
      proof(
        'apps/crypto-worker/src/making/three-verdicts.spec.ts',
        'refuses a key for the reasons listed, before the token is called',
      ),
    ],
  },
  'secret leakage': {
    control: 'PINs come from files and logs are redacted. Events, traces and errors contain no secret.',
    proofs: [
      e2e('secret/canary.spec.ts', 'is in no log'),
      e2e('secret/canary.spec.ts', 'is in no trace'),
      e2e('secret/canary.spec.ts', 'is in no answer except one that must return it'),
      e2e('secret/canary.spec.ts', 'is nowhere in the databases’ files'),
    ],
  },
  'JWT pitfalls': {
    control:
      "Each issuer has a list of allowed algorithms. iss, aud, exp and nbf are required. Keys come from the issuer's own set.",
    proofs: [
      proof('apps/gateway/src/auth/authentication.spec.ts', 'refuses a token that %s, like every other'),
      proof(issuer, 'accept only the issuer’s algorithms, and never a shared secret'),
      proof(issuer, 'is trusted only for the tenant that named it'),
    ],
  },
  'weak issuer': {
    control:
      'A tenant’s issuer can assign only its listed roles, and its prefix separates its subjects. Two issuers share subjects only if the tenant says so. Every event names the issuer, and every change of an issuer records what changed.',
    proofs: [
      proof(issuer, 'name different people: each issuer’s names have its own prefix'),
      proof(issuer, 'share the prefix %j only if one of them allows it, in either order'),
      proof(issuer, 'get none of each other’s answers for an Idempotency-Key'),
      proof(issuer, 'names each changed setting with its old value'),
    ],
  },
  'revoked caller': {
    control:
      'Excluding a caller is answered only when no gateway accepts the caller’s tokens and none of its requests is still running.',
    proofs: [
      proof(account, 'is excluded from every gateway before the answer'),
      proof(account, 'continues nothing that it began earlier'),
      proof(account, 'has no running work when the answer is there'),
    ],
  },
  'flood of made-up tokens': {
    control:
      'An unverified claim costs at most one database query per tenant, another per issuer name, and epoch, a few at a time, and evicts no valid entry. A provider that is unavailable is asked once in ten seconds.',
    proofs: [
      proof('apps/gateway/src/identity/claimed-tenants.spec.ts', 'is read once in an epoch, even if there is none'),
      proof(
        'apps/gateway/src/identity/claimed-tenants.spec.ts',
        'stays cached however many unknown tenants are claimed',
      ),
      proof(
        'apps/gateway/src/issuer/key-source/discovered-keys.spec.ts',
        'is fetched once in ten seconds while the fetch fails',
      ),
    ],
  },
  'manager who grants rights to themselves': {
    control:
      'A caller that manages a key by a grant cannot grant rights on it to itself or to its own groups, and to no group at all if its token names none.',
    proofs: [
      e2e('access/grant.spec.ts', 'to manage does not let a user grant the uses to themselves'),
      proof('apps/crypto-worker/src/access/access.spec.ts', 'who manages a key by a grant'),
    ],
  },
};
