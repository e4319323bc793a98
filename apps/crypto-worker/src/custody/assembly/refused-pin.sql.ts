export const noteRefusedPin =
  'INSERT INTO refused_pin (partition, fingerprint) VALUES ($1, $2) ON CONFLICT (partition, fingerprint) DO NOTHING';

export const findRefusedPin =
  "SELECT to_char(refused_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS at FROM refused_pin WHERE partition = $1 AND fingerprint = $2";
